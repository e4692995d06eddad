"""One customer: what the imports did to it, and all that is stored of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from html import escape

import streamlit as st

from komet_import import customers
from komet_import.access import may_see
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.language import _
from komet_import.schema.column import CONTACTS, Column
from komet_import.schema.customers import CODE_KEY, CUSTOMERS, ID_KEY, NAME_KEY
from komet_import.schema.kinds import YES, Storage, kind_of
from komet_import.store.customers import CustomerRow
from komet_import.store.imports import AuditedChange, ImportKind
from komet_import.store.record_audit import AuditEntry
from komet_import.ui import layout, words
from komet_import.ui.address import id_from
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.theme import Tone, palette

_STEP = 10


def flag_words(column: Column, text: str) -> str:
    """What the Yes or No of a column says of a record: `Active`, `Not active`."""
    return column.header if text == YES else _("Not {header}").format(header=column.header.lower())


def customer_card(desk: Desk, given: str, close: Callable[[], None]) -> None:
    """`given` comes from the address: anything may stand there."""
    with st.container(border=True, gap="small", key="customer-card"):
        try:
            row = customers.get(desk, id_from(given, "unknown_customer"))
        except NotFound as error:
            st.markdown(f":material/search_off: {escape_markdown(str(error))}")
            _close_button(close)
            return
        values = dict(zip((c.key for c in CUSTOMERS.value_columns), row.texts, strict=True))
        values[ID_KEY] = str(row.record_id)
        _head(row, values, close)
        history, details, contacts = st.tabs([_("History"), _("Details"), CONTACTS])
        with history:
            _history(desk, row)
        with details:
            _groups((name for name in CUSTOMERS.groups if name != CONTACTS), values)
        with contacts:
            _groups((CONTACTS,), values)


def _close_button(close: Callable[[], None]) -> None:
    st.button(_("Close"), key="close-card", type="tertiary", icon=":material/close:", on_click=close)


def _head(row: CustomerRow, values: dict[str, str], close: Callable[[], None]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            st.subheader(escape_markdown(values[NAME_KEY]), anchor=False)
            known_by = _("{code} · Customer ID {id}")
            layout.quiet(known_by.format(code=values[CODE_KEY], id=row.record_id))
        for key in CUSTOMERS.filters:
            column = CUSTOMERS.by_key[key]
            if kind_of(column).storage is Storage.FLAG and values[key]:
                on = values[key] == YES
                layout.show_badge(
                    flag_words(column, values[key]),
                    Tone.NEUTRAL if on else Tone.WAITING,
                    ":material/check:" if on else ":material/block:",
                )
        _close_button(close)


# -- fields --------------------------------------------------------------------------------------------------------


def _groups(names: Iterable[str], values: dict[str, str]) -> None:
    st.html("".join(_group(name, values) for name in names))


def _group(name: str, values: dict[str, str]) -> str:
    columns = CUSTOMERS.groups[name]
    fields = ((column.header, _field(column, values[column.key])) for column in columns)
    heading = "" if name == CONTACTS else f"<h4>{escape(name)}</h4>"  # the tab's own name
    return f'<section class="komet-fields">{heading}{_pairs(fields)}</section>'


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """Headers and HTML."""
    lines = "".join(f"<div><dt>{escape(header)}</dt><dd>{value}</dd></div>" for header, value in pairs)
    return f"<dl>{lines}</dl>"


def _field(column: Column, text: str) -> str:
    html = _shown(column, text)
    return html if text else _quiet(html)


def _shown(column: Column | None, text: str | None) -> str:
    """A stored text as HTML; numbers with thousands commas."""
    if not text:
        return _("(blank)")
    if column is not None and column.decimals:
        return f"{Decimal(text):,}"
    if column is not None and kind_of(column).separator == ";":
        text = text.replace(";", "; ")
    return escape(text)


# -- history -------------------------------------------------------------------------------------------------------


def _history(desk: Desk, row: CustomerRow) -> None:
    key = f"history-of-{row.record_id}"
    limit = int(st.session_state.get(key, _STEP))
    entries = customers.audit(desk, row.record_id, limit + 1)
    if not entries:
        layout.quiet(_("No import is recorded for this customer."))
        return
    st.html("".join(_entries(desk, entries[:limit])))
    if len(entries) > limit:
        st.button(
            _("Show earlier imports"),
            key="earlier",
            type="tertiary",
            icon=":material/expand_more:",
            on_click=_show_more,
            args=(key, limit + _STEP),
        )


def _show_more(key: str, limit: int) -> None:
    st.session_state[key] = limit


def _entries(desk: Desk, entries: Iterable[AuditEntry]) -> Iterator[str]:
    now = datetime.now(UTC)
    for entry in entries:
        when = words.moment(entry.at, desk.company, now)
        cells = [change for change in entry.changes if change.key is not None]
        yield (
            f'<section class="komet-fields"><h4>{when[0].upper()}{escape(when[1:])}</h4>'
            f"<p>{_deed(desk, entry)}</p>{_pairs(map(_change, cells))}</section>"
        )


def _deed(desk: Desk, entry: AuditEntry) -> str:
    title = escape(entry.title)
    if may_see(desk.person, entry):
        address = f"/import_history?import={entry.import_id}"
        title = f'<a href="{address}" style="color:{palette().accent}">{title}</a>'
    before, after = _deed_words(entry).split("{title}")
    facts = {"row": entry.changes[0].row, "person": escape(entry.by)}
    return f"{_quiet(before.format(**facts))}{title}{_quiet(after.format(**facts))}"


def _deed_words(entry: AuditEntry) -> str:
    match entry.kind:
        case ImportKind.UNDO:
            return _("Taken back to what it was before {title}, {person}")
        case ImportKind.RENAME:
            return _("{title}, {person}")
    if entry.changes[0].key is None:
        return _("Added by {title}, row {row:,}, {person}")
    return _("Updated by {title}, row {row:,}, {person}")


def _change(change: AuditedChange) -> tuple[str, str]:
    column = CUSTOMERS.by_key.get(change.key or "")
    header = column.header if column else change.key or ""
    old, new = _shown(column, change.old), _shown(column, change.new)
    became = escape(_("became"))
    arrow = f'<span role="img" aria-label="{became}">→</span>'
    return header, f"{_quiet(old)} {arrow} <b>{new}</b>"


def _quiet(html: str) -> str:
    return f'<span class="komet-quiet">{html}</span>'
