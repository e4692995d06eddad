"""The stored customers: a list that is searched, filtered and sorted, and beside it the chosen one.

What is chosen is in the address: a reload, a link and a step back show the same.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from io import BytesIO

import streamlit as st

from komet_import import customers, history, importer
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.language import N_, _, ngettext
from komet_import.schema.column import Column
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS, ID_KEY
from komet_import.schema.kinds import Storage, kind_of, options
from komet_import.store.customers import LAST_CHANGE, Order, Wanted
from komet_import.store.history import WantedImports
from komet_import.store.imports import ImportRecord
from komet_import.ui import layout, words
from komet_import.ui.address import id_from
from komet_import.ui.customers.card import customer_card, flag_words
from komet_import.ui.customers.table import customer_table, sort_headers
from komet_import.ui.downloads import XLSX, download_button
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.tables import page_choice

PAGE_ROWS = 200
_RECENT_IMPORTS = 20
_OF_IMPORT = "of-import"
_FILTERS = [CUSTOMERS.by_key[key] for key in CUSTOMERS.filters]


def customers_screen(desk: Desk) -> None:
    """One primary button: what is missing here comes in by a file."""
    actions = layout.title(_("Customers"))
    chosen = st.query_params.get("customer")
    if chosen is None and not importer.count_stored(desk):
        with layout.nothing(_("No customer is stored yet. Import a file, and its customers are here.")):
            _import_button()
        return
    left, *right = st.columns(1 if chosen is None else [0.625, 0.375], gap="medium")
    with left:
        record = _import_in_address(desk)
        wanted, order = _wanted(desk, record), _order()
        total = _list(desk, wanted, order, chosen)
    if chosen is not None:
        with right[0]:
            customer_card(desk, chosen, _close)
    with actions:
        _download(desk, wanted, order, total)
        _import_button()


def _import_button() -> None:
    if st.button(_("Import"), type="primary", icon=":material/upload_file:", key="import-file"):
        st.switch_page("data_import.py")


def _list(desk: Desk, wanted: Wanted, order: Order, chosen: str | None) -> int:
    page = int(st.session_state.get(_page_key(), 1))
    rows, total = customers.find(desk, wanted, order, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if not rows and total:  # customers are fewer than when this page was chosen
        _to_first_page()
        rows, total = customers.find(desk, wanted, order, PAGE_ROWS)
        page = 1
    if rows:
        customer_table(desk, rows, order, chosen, _choose, _sort)
        page_choice(total, PAGE_ROWS, page, key=_page_key())
    else:
        _no_fit()
    return total


def _no_fit() -> None:
    sentence = _("No customer fits the search and all of these filters. Take one of them away.")
    with layout.nothing(sentence, ":material/search_off:"):
        st.button(_("Show all customers"), icon=":material/filter_alt_off:", key="all", on_click=_show_all)


def _download(desk: Desk, wanted: Wanted, order: Order, total: int) -> None:
    download_button(
        ngettext("Download {count:,} customer", "Download {count:,} customers", total).format(count=total),
        lambda: _workbook(desk, wanted, order),
        "existing-customers.xlsx",
        XLSX,
        key="download-customers",
        help_text=_("What the filters show, as a workbook that can be corrected and imported again."),
        disabled=not total,
    )


def _workbook(desk: Desk, wanted: Wanted, order: Order) -> bytes:
    out = BytesIO()
    customers.write_workbook(desk, wanted, order, out)
    return out.getvalue()


# -- search, filters and order -------------------------------------------------------------------------------------


def _wanted(desk: Desk, record: ImportRecord | None) -> Wanted:
    with st.container(horizontal=True, gap="small"):
        text = st.text_input(
            _("Search"),
            key="search",
            placeholder=_("Code, name, city, e-mail"),
            icon=":material/search:",
            label_visibility="collapsed",
            width="stretch",
            bind="query-params",
            on_change=_to_first_page,
        )
        _sort_choice()
    with st.container(horizontal=True, gap="small"):
        values = {column.key: _filter(column, desk.company) for column in _FILTERS}
        _import_filter(desk, record)
    given = {key: value for key, value in values.items() if value is not None}
    return Wanted(text or "", given, record.import_id if record else None)


def _filter(column: Column, company: Company) -> str | None:
    return st.selectbox(
        column.header,
        _offered(column, company),
        index=None,
        format_func=partial(flag_words, column) if kind_of(column).storage is Storage.FLAG else str,
        placeholder=column.header,
        key=column.key,
        label_visibility="collapsed",
        width=150,
        bind="query-params",
        on_change=_to_first_page,
    )


def _offered(column: Column, company: Company) -> tuple[str, ...]:
    """Of the locations also those that are closed: customers have them."""
    if kind_of(column).of_locations:
        return tuple(location.code for location in company.locations)
    return options(column, company)


def _import_filter(desk: Desk, record: ImportRecord | None) -> None:
    """It is in the address, so that the result of an import can lead here."""
    recent = history.find(desk, WantedImports(wrote=True), limit=_RECENT_IMPORTS).lines
    offered = {
        str(r.import_id): r for r in [*([record] if record else []), *(line.record for line in recent)]
    }
    st.session_state[_OF_IMPORT] = str(record.import_id) if record else None
    now = datetime.now(UTC)
    labels = {
        given: f"{r.title}, {words.moment(r.finished_at, desk.company, now)}" for given, r in offered.items()
    }
    st.selectbox(
        _("Changed by an import"),
        list(offered),
        index=None,
        format_func=partial(_import_words, labels),
        placeholder=_("Changed by an import"),
        key=_OF_IMPORT,
        label_visibility="collapsed",
        width="stretch",
        on_change=_choose_import,
    )


def _import_in_address(desk: Desk) -> ImportRecord | None:
    given = st.query_params.get("import")
    if given is None:
        return None
    try:
        return history.show(desk, id_from(given, "unknown_import")).record
    except NotFound as error:
        told = " ".join((escape_markdown(str(error)), _("All customers are listed.")))
        st.warning(told, icon=":material/warning:")
        return None


def _import_words(labels: dict[str, str], given: str) -> str:
    return labels.get(given, given)


def _choose_import() -> None:
    given = st.session_state[_OF_IMPORT]
    if given is None:
        st.query_params.pop("import", None)
    else:
        st.query_params["import"] = given
    _to_first_page()


def _sort_choice() -> None:
    options = [sign + key for key in sort_headers() for sign in ("", "-")]
    options.sort(key=lambda option: option.lstrip("-") != ID_KEY)  # the first is what is shown unasked
    st.selectbox(
        _("Sort by"),
        options,
        format_func=_sort_words,
        key="sort",
        label_visibility="collapsed",
        icon=":material/sort:",
        width=250,
        bind="query-params",
        on_change=_to_first_page,
    )


def _sort_words(option: str) -> str:
    key = option.removeprefix("-")
    rising, falling = {
        ID_KEY: (N_("{column}, lowest first"), N_("{column}, highest first")),
        LAST_CHANGE: (N_("{column}, oldest first"), N_("{column}, newest first")),
    }.get(key, (N_("{column}, A to Z"), N_("{column}, Z to A")))
    return _(falling if option.startswith("-") else rising).format(column=sort_headers()[key])


def _order() -> Order:
    option: str = st.session_state["sort"]
    return Order(option.removeprefix("-"), option.startswith("-"))


# -- what is clicked -----------------------------------------------------------------------------------------------


def _page_key() -> str:
    return f"customers-page-{st.session_state.get('customers-lists', 0)}"


def _to_first_page() -> None:
    """Another list has pages of its own."""
    st.session_state["customers-lists"] = st.session_state.get("customers-lists", 0) + 1


def _sort(key: str) -> None:
    """A second click on the same header turns the order round."""
    st.session_state["sort"] = f"-{key}" if st.session_state["sort"] == key else key
    _to_first_page()


def _choose(record_id: int) -> None:
    st.query_params["customer"] = str(record_id)


def _close() -> None:
    st.query_params.pop("customer", None)


def _show_all() -> None:
    st.session_state["search"] = ""
    for column in _FILTERS:
        st.session_state[column.key] = None
    st.query_params.pop("import", None)
    _to_first_page()
