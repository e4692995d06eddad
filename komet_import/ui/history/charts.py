"""The charts of the import history. Each says in words what it shows, and a click on a bar chooses it.

What is chosen comes from the address, not from the chart: the bars that are not chosen are drawn pale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from komet_import import outcomes
from komet_import.history import Bar, Overview, Unit
from komet_import.language import N_, _, ngettext
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import IssueCode, Severity, title_of
from komet_import.sentences import counted_rows
from komet_import.store.history import PersonCount, Problem, ProblemCount
from komet_import.ui.tables import badge
from komet_import.ui.theme import is_dark, palette

HEIGHT = 190
_PALE = 0.35
_ROOM = 1.45  # the axis is so much longer than the longest bar: for the numbers
_SERIES = (N_("Updated or unchanged"), outcomes.NEW, outcomes.LEFT_OUT)
_DATES = {Unit.WEEK: "%-d %b", Unit.MONTH: "%b %Y", Unit.YEAR: "%Y"}
_ROWS_OVER_TIME = {
    Unit.WEEK: N_("Rows a week"),
    Unit.MONTH: N_("Rows a month"),
    Unit.YEAR: N_("Rows a year"),
}
Layers = alt.LayerChart | alt.FacetChart


@dataclass(frozen=True)
class Picture:
    """A chart with its description; `values` are what a click chooses, by the bar's label."""

    chart: Layers
    words: str
    values: Mapping[str, str]


def draw(picture: Picture, key: str, choose: Callable[[str], None]) -> None:
    """`choose` is called with what was clicked, before the run that follows."""
    st.altair_chart(
        picture.chart,
        key=_fresh(key),
        on_select=partial(_clicked, key, picture, choose),
        selection_mode="chosen",
        alt=picture.words,
    )


def _fresh(key: str) -> str:
    """A click that was dealt with is over: the next drawing is another chart, without a selection."""
    return f"{key}-{st.session_state.setdefault(f'{key}-clicks', 0)}-{'dark' if is_dark() else 'light'}"


def _clicked(key: str, picture: Picture, choose: Callable[[str], None]) -> None:
    state = st.session_state.get(_fresh(key))
    chosen: Sequence[Mapping[str, Any]] = state["selection"].get("chosen", []) if state else []
    st.session_state[f"{key}-clicks"] += 1
    label = str(chosen[0].get("label")) if chosen else ""
    if label in picture.values:
        choose(picture.values[label])


# -- rows over time ------------------------------------------------------------------------------------------------


def bar_name(bar: Bar, unit: Unit) -> str:
    """`Week of 31 Aug`, `Nov 2026`, `2026`."""
    name = f"{bar.start:{_DATES[unit]}}"
    return _("Week of {day}").format(day=name) if unit is Unit.WEEK else name


def rows_title(unit: Unit) -> str:
    """Of the chart of rows over time."""
    return _(_ROWS_OVER_TIME[unit])


def rows_over_time(overview: Overview, chosen: date | None) -> Picture:
    """Rows by what became of them, stacked, with the number of imports on top."""
    labels = [f"{bar.start:{_DATES[overview.unit]}}" for bar in overview.bars]
    parts, tops = [], []
    for label, bar in zip(labels, overview.bars, strict=True):
        tally = bar.tally
        opacity = 1.0 if chosen in (None, bar.start) else _PALE
        counts = (tally.kept, tally.inserted, tally.rejected)
        imports = _imports(tally.imports)
        parts += [
            {
                "label": label,
                "part": _(part),
                "place": n,
                "rows": rows,
                "imports": imports,
                "opacity": opacity,
            }
            for n, (part, rows) in enumerate(zip(_SERIES, counts, strict=True))
        ]
        if tally.imports:
            tops.append({"label": label, "rows": sum(counts), "imports": f"{tally.imports:,}"})
    chart = alt.layer(_stacks(pd.DataFrame(parts), labels), _tops(tops, labels)).properties(height=HEIGHT)
    values = {label: bar.start.isoformat() for label, bar in zip(labels, overview.bars, strict=True)}
    return Picture(chart, _told(overview), values)


def _stacks(frame: pd.DataFrame, labels: list[str]) -> alt.Chart:
    violet, pale_violet, raspberry = _colours()[:3]
    # Bars that stand at their week's place, whatever is in it; every label is on its own when there is room.
    x = alt.X("label:N", sort=labels, title=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, tickSize=0))
    colours = alt.Scale(domain=list(map(_, _SERIES)), range=[pale_violet, violet, raspberry])
    chart: alt.Chart = (
        alt.Chart(frame)
        .mark_bar(cursor="pointer", width={"band": 0.5})
        .encode(
            x=x,
            y=alt.Y("rows:Q", stack="zero", title=None, axis=alt.Axis(format=",d", tickCount=5)),
            color=alt.Color("part:N", scale=colours, legend=_legend()),
            order=alt.Order("place:Q"),
            opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("label:N", title=_("From")),
                alt.Tooltip("part:N", title=_("Rows")),
                alt.Tooltip("rows:Q", title=_("Number"), format=",d"),
                alt.Tooltip("imports:N", title=_("In")),
            ],
        )
        .add_params(_selection())
    )
    return chart


def _tops(tops: list[dict[str, object]], labels: list[str]) -> alt.Chart:
    frame = pd.DataFrame(tops, columns=["label", "rows", "imports"])
    text = alt.Chart(frame).mark_text(dy=-8, color=palette().quiet_text, fontSize=12)
    chart: alt.Chart = text.encode(x=alt.X("label:N", sort=labels), y="rows:Q", text="imports:N")
    return chart


def _told(overview: Overview) -> str:
    sentence = _("{bar}: {imports}, {kept:,} updated or unchanged, {inserted:,} new, {left_out:,} left out")
    bars = [
        sentence.format(
            bar=bar_name(bar, overview.unit),
            imports=_imports(bar.tally.imports),
            kept=bar.tally.kept,
            inserted=bar.tally.inserted,
            left_out=bar.tally.rejected,
        )
        for bar in overview.bars
        if bar.tally.imports
    ]
    return _in_words(rows_title(overview.unit), bars or [_("None")])


def _in_words(title: str, values: Sequence[str]) -> str:
    """A chart in words, for those who do not see it."""
    return f"{title}. {'; '.join(values)}."


def _imports(count: int) -> str:
    return ngettext("{count:,} import", "{count:,} imports", count).format(count=count)


# -- problems and people -------------------------------------------------------------------------------------------


def problem_name(kind: str, problem: Problem) -> str:
    """`Terms, not in the list`; the whole row has no column. `kind` is the declaration's."""
    declaration, (key, code) = DECLARATIONS[kind], problem
    title = title_of(IssueCode(code))
    if not key:
        return title
    names_a_column = title.startswith(tuple(column.header for column in declaration.columns))
    return f"{declaration.header(key)}, {title if names_a_column else title[:1].lower() + title[1:]}"


def problem_value(problem: Problem) -> str:
    """How a problem stands in the address."""
    return ".".join(problem)


def commonest_problems(counts: Sequence[ProblemCount], chosen: Problem | None) -> Picture:
    """Cells by column and kind, longest bar first."""
    raspberry, amber = _colours()[2:4]
    names = [problem_name(count.declaration, count.problem) for count in counts]
    frame = pd.DataFrame(
        {
            "label": names,
            "number": [count.cells for count in counts],
            "text": [f"{count.cells:,}" for count in counts],
            "kind": [badge(count.severity)[0] for count in counts],
            "more": [_imports(count.imports) for count in counts],
            "opacity": [1.0 if chosen in (None, count.problem) else _PALE for count in counts],
        }
    )
    kinds = [badge(severity)[0] for severity in Severity]
    colour = alt.Color("kind:N", scale=alt.Scale(domain=kinds, range=[raspberry, amber]), legend=_legend())
    sentence = _("{name}: {cells:,} in {imports}")
    told = [
        sentence.format(name=name, cells=count.cells, imports=_imports(count.imports))
        for name, count in zip(names, counts, strict=True)
    ]
    values = {name: problem_value(count.problem) for name, count in zip(names, counts, strict=True)}
    return Picture(_lines(frame, colour), _in_words(_("Commonest problems"), told), values)


def by_person(people: Sequence[PersonCount], chosen: int | None) -> Picture:
    """Rows by who imported them; two of the same name stay two."""
    accent = alt.value(_colours()[1])
    names = _told_apart(people)
    frame = pd.DataFrame(
        {
            "label": names,
            "number": [person.rows for person in people],
            "text": [f"{person.rows:,}" for person in people],
            "more": [_imports(person.imports) for person in people],
            "opacity": [1.0 if chosen in (None, person.person_id) else _PALE for person in people],
        }
    )
    sentence = _("{name}: {rows} in {imports}")
    told = [
        sentence.format(name=name, rows=counted_rows(person.rows), imports=_imports(person.imports))
        for name, person in zip(names, people, strict=True)
    ]
    values = {name: str(person.person_id) for name, person in zip(names, people, strict=True)}
    return Picture(_lines(frame, accent), _in_words(_("By person"), told), values)


def _told_apart(people: Sequence[PersonCount]) -> list[str]:
    names = [person.name for person in people]
    return [
        f"{person.name} ({person.person_id})" if names.count(person.name) > 1 else person.name
        for person in people
    ]


def _lines(frame: pd.DataFrame, colour: alt.Color | Any) -> Layers:
    """Horizontal bars with their numbers at the end."""
    y = alt.Y(
        "label:N",
        sort=list(frame["label"]),
        title=None,
        axis=alt.Axis(
            labelLimit=190,
            labelOverlap=False,
            labelBound=False,
            labelFlush=False,
            ticks=False,
            domain=False,
            grid=False,
        ),
    )
    most = alt.Scale(domain=[0, float(frame["number"].max()) * _ROOM or 1])
    bars = (
        alt.Chart(frame)
        .mark_bar(cursor="pointer", size=12)
        .encode(
            y=y,
            x=alt.X("number:Q", title=None, axis=None, scale=most),
            color=colour,
            opacity=alt.Opacity("opacity:Q", scale=None, legend=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("number:Q", title=_("Number"), format=",d"),
                alt.Tooltip("more:N", title=_("In")),
            ],
        )
        .add_params(_selection())
    )
    numbers = (
        alt.Chart(frame)
        .mark_text(align="left", dx=5, color=palette().quiet_text, fontSize=12)
        .encode(y=y, x=alt.X("number:Q", scale=most), text="text:N")
    )
    return alt.layer(bars, numbers).properties(height=HEIGHT)


# -- shared --------------------------------------------------------------------------------------------------------


def _selection() -> alt.Parameter:
    return alt.selection_point(name="chosen", fields=["label"], on="click", toggle=False)


def _legend() -> alt.Legend:
    return alt.Legend(title=None, orient="top", symbolType="square", offset=4)


def _colours() -> list[str]:
    """Those of the theme: iris, pale iris, raspberry, amber."""
    colours: list[str] = st.get_option(f"theme.{'dark' if is_dark() else 'light'}.chartCategoricalColors")
    return colours
