"""The import history: a period in figures and charts, and the list of its imports. What is chosen is in the address."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from functools import partial

import streamlit as st

from komet_import import history, outcomes
from komet_import.access import Deed, may
from komet_import.desk import Desk
from komet_import.history import Bar, Overview, Page, Period
from komet_import.language import _
from komet_import.schema.declarations import DECLARATIONS, USUAL
from komet_import.schema.problems import IssueCode
from komet_import.store.history import Order, Problem, SortBy, WantedImports
from komet_import.store.imports import ImportState
from komet_import.ui import layout, words
from komet_import.ui.downloads import download_menu
from komet_import.ui.history import charts, rows_chart
from komet_import.ui.history.files import history_files
from komet_import.ui.history.sentences import cells_of, nothing_in, period_label
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.tables import badge, history_table, page_choice

PAGE_ROWS = 100
_SHOWN = 7
_ALL = "all"
_FALLING_FIRST = {SortBy.WHEN, SortBy.ROWS, SortBy.NEW, SortBy.UPDATED, SortBy.UNCHANGED, SortBy.LEFT_OUT}


def history_screen(desk: Desk, missing: str | None = None) -> None:
    """Figures and charts are of the whole period, the list of what the filters leave of it.

    On top stands why what the address asked for is `missing`.
    """
    head = layout.title(_("Import History"))
    if missing:
        st.error(escape_markdown(missing), icon=":material/error:")
    if not history.has_any(desk):
        with layout.nothing(
            _("Nothing was imported yet. Each import will be listed here, with what it changed.")
        ):
            st.page_link("data_import.py", label=_("Import a file"), icon=":material/upload_file:")
        return
    with head:
        period = _period()
        download = st.container(width="content")
    overview = history.overview(desk, period, datetime.now(UTC))
    if not overview.figures.imports:
        layout.nothing(nothing_in(period))
        return
    _figures(overview)
    above = st.container()
    bar, problem = _chosen_bar(overview), _chosen_problem()
    wanted, page = _filtered(desk, overview, bar, problem)
    with above:
        _charts(overview, period, bar, wanted)
        _chips(overview, bar, problem)
    if page.total:
        history_table(desk, page.lines, _order(), _open, _sort)
        page_choice(page.total, PAGE_ROWS, _page_number(wanted), key=_page_key(wanted))
    else:
        with layout.nothing(
            _("No import fits all of these filters. Take one of them away."), ":material/search_off:"
        ):
            st.button(_("Show all imports"), icon=":material/filter_alt_off:", key="all", on_click=_show_all)
    with download:
        download_menu(history_files(desk, overview, wanted, _order(), page.total), "downloads")


def _period() -> Period:
    chosen = st.segmented_control(
        _("Period"),
        [period.value for period in Period],
        format_func=period_label,
        default=Period.QUARTER.value,
        required=True,
        key="period",
        bind="query-params",
        label_visibility="collapsed",
    )
    return Period(chosen or Period.QUARTER.value)


def _figures(overview: Overview) -> None:
    figures = overview.figures
    share = figures.rejected / figures.rows if figures.rows else 0
    median = "–" if figures.median_seconds is None else words.duration(figures.median_seconds)
    with st.container(border=True):
        layout.figures(
            [
                (_("Imports"), figures.imports),
                (_("Rows"), figures.rows),
                (_(outcomes.NEW), figures.inserted),
                (_(outcomes.UPDATED), figures.updated),
                (_(outcomes.LEFT_OUT), figures.rejected),
                (_("Share left out"), f"{share:.1%}".replace("%", " %")),
                (_("Median time"), median),
                (_("E-mails waiting"), figures.mails_waiting),
            ]
        )


# -- the charts ----------------------------------------------------------------------------------------------------


def _charts(overview: Overview, period: Period, bar: Bar | None, wanted: WantedImports) -> None:
    several = len(overview.people) > 1
    left, middle, *right = st.columns([0.42, 0.36, 0.22] if several else 2, gap="small")
    with left, st.container(border=True, gap="small", height="stretch"):
        _head(rows_chart.rows_title(overview.unit), _("the figure on top is the number of imports"))
        charts.draw(
            rows_chart.rows_over_time(overview, bar.start if bar else None),
            "chart-rows",
            partial(_put, "bar"),
        )
    with middle, st.container(border=True, gap="small", height="stretch"):
        _head(_("Commonest problems"), cells_of(period))
        commonest = overview.problems[:_SHOWN]
        if commonest:
            picture = charts.commonest_problems(commonest, wanted.problem)
            charts.draw(picture, "chart-problems", partial(_put, "problem"))
        else:
            st.caption(_("No problem in any file."))
    if right:
        with right[0], st.container(border=True, gap="small", height="stretch"):
            _head(_("By person"), _("rows"))
            picture = charts.by_person(overview.people[:_SHOWN], wanted.person_id)
            charts.draw(picture, "chart-people", _choose_person)


def _head(title: str, note: str) -> None:
    st.markdown(f"**{title}** :gray[:small[{note}]]")


def _choose_person(person_id: str) -> None:
    st.session_state["person"] = int(person_id)


def _put(name: str, value: str) -> None:
    """A second click on the same bar takes the filter away."""
    if st.query_params.get(name) == value:
        _drop(name)
    else:
        st.query_params[name] = value


def _drop(name: str) -> None:
    st.query_params.pop(name, None)


def _chosen_bar(overview: Overview) -> Bar | None:
    """Anything may stand in the address."""
    wanted = st.query_params.get("bar")
    return next((bar for bar in overview.bars if bar.start.isoformat() == wanted), None)


def _chosen_problem() -> Problem | None:
    key, _dot, code = st.query_params.get("problem", "").partition(".")
    known = not key or any(key in declaration.by_key for declaration in DECLARATIONS.values())
    return (key, code) if known and code in list(IssueCode) else None


def _declaration(overview: Overview, problem: Problem) -> str:
    """The kind of the imports that had it, most of all."""
    found = [count.declaration for count in overview.problems if count.problem == problem]
    return found[0] if found else USUAL.kind


def _chips(overview: Overview, bar: Bar | None, problem: Problem | None) -> None:
    """What a click on a chart chose, to be taken away again."""
    names = {"bar": rows_chart.bar_name(bar, overview.unit) if bar else "", "problem": ""}
    if problem:
        names["problem"] = charts.problem_name(_declaration(overview, problem), problem)
    shown = {name: text for name, text in names.items() if text}
    if shown:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(_("Only"), width="content")
            for name, text in shown.items():
                st.button(
                    text,
                    key=f"without-{name}",
                    icon=":material/close:",
                    icon_position="right",
                    on_click=_drop,
                    args=(name,),
                )


# -- the filters ---------------------------------------------------------------------------------------------------


def _filtered(
    desk: Desk, overview: Overview, bar: Bar | None, problem: Problem | None
) -> tuple[WantedImports, Page]:
    """The filters stand in one line; the states come first, with the numbers that the others leave."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        states = st.container(width="content")
        search = st.text_input(
            _("Search"),
            placeholder=_("Search file or person")
            if may(desk.person, Deed.SEE_ALL_IMPORTS)
            else _("Search file"),
            icon=":material/search:",
            key="search",
            bind="query-params",
            label_visibility="collapsed",
            width="stretch",
        )
        person_id = _person(overview) if len(overview.people) > 1 else None
        left_out = st.toggle(_("Only with rows left out"), key="left-out", bind="query-params")
    state = st.session_state.get("state", _ALL)
    wanted = WantedImports(
        since=bar.since if bar else overview.since,
        until=bar.until if bar else None,
        state=ImportState(state) if state in list(ImportState) else None,
        person_id=person_id,
        left_out=left_out,
        search=search,
        problem=problem,
    )
    page = history.find(desk, wanted, _order(), PAGE_ROWS, (_page_number(wanted) - 1) * PAGE_ROWS)
    with states:
        _states(page, wanted.state)
    return wanted, page


def _states(page: Page, chosen: ImportState | None) -> None:
    occurring = [state for state in ImportState if state in page.states or state is chosen]
    labels = {_ALL: _("All {count:,}").format(count=sum(page.states.values()))}
    labels |= {state.value: f"{badge(state)[0]} {page.states.get(state, 0):,}" for state in occurring}
    st.segmented_control(
        _("State"),
        list(labels),
        default=_ALL,
        required=True,
        format_func=partial(_label, labels),
        key="state",
        label_visibility="collapsed",
    )


def _label(labels: dict[str, str], option: str) -> str:
    return labels[option]


def _person(overview: Overview) -> int | None:
    names = {person.person_id: person.name for person in overview.people}
    ordered = sorted(names, key=lambda person_id: names[person_id].casefold())
    chosen: int = st.selectbox(
        _("Person"),
        [0, *ordered],
        format_func=partial(_name, names),
        key="person",
        label_visibility="collapsed",
        width=170,
    )
    return chosen or None


def _name(names: dict[int, str], person_id: int) -> str:
    return names[person_id] if person_id else _("Everyone")


# -- the list ------------------------------------------------------------------------------------------------------


def _show_all() -> None:
    st.session_state["search"], st.session_state["state"] = "", _ALL
    st.session_state["left-out"] = False
    if "person" in st.session_state:
        st.session_state["person"] = 0
    _drop("bar")
    _drop("problem")


def _open(import_id: int) -> None:
    """In one step, so that one step back leads to the list as it was."""
    layout.keep_place("/import_history")
    st.query_params.from_dict({"import": str(import_id)})


def _order() -> Order:
    by, descending = st.session_state.get("history-order", [SortBy.WHEN.value, True])
    return Order(SortBy(by), descending)


def _sort(by: SortBy) -> None:
    """A second click on the same header turns the order round."""
    now = _order()
    descending = not now.descending if by is now.by else by in _FALLING_FIRST
    st.session_state["history-order"] = [by.value, descending]


def _page_key(wanted: WantedImports) -> str:
    """Other filters begin at their first page again."""
    return "history-page-" + hashlib.sha256(repr((wanted, _order())).encode()).hexdigest()[:12]


def _page_number(wanted: WantedImports) -> int:
    return int(st.session_state.get(_page_key(wanted), 1))
