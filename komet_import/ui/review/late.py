"""What was typed in a tab after its draft had ended in another: told, with the way on, and not lost without a word."""

from __future__ import annotations

import streamlit as st

from komet_import.desk import Desk
from komet_import.language import _, ngettext
from komet_import.sentences import clipped
from komet_import.store.drafts import DraftState, StoredDraft
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.navigation import here
from komet_import.ui.review.grid import LEFT_OUT, GridEdit, forget_unsaved, unsaved_edits

_SHOWN = 5
_LONGEST = 60  # characters of a text


def grid_name(desk: Desk, draft_id: str) -> str:
    """Under which the review's grid keeps what is not stored yet."""
    return f"{draft_id}-{desk.person.person_id}"


def tell_late(desk: Desk, stored: StoredDraft) -> None:
    """Until it is closed or the page is left."""
    name = grid_name(desk, stored.draft_id)
    edits = unsaved_edits(name)
    refused = st.session_state.pop("notice", None) or here().get("refused")
    here()["refused"] = refused
    if edits:
        _warn("  \n".join(_sentences(stored, edits)), name)
    elif refused:
        _warn(refused, name)


def _warn(text: str, name: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.warning(text, icon=":material/sync_problem:")
        st.button(_("Close"), key="close-late", type="tertiary", on_click=_close, args=(name,))


def _close(name: str) -> None:
    forget_unsaved(name)
    here().pop("refused", None)


def _sentences(stored: StoredDraft, edits: list[GridEdit]) -> list[str]:
    is_discarded = stored.state is DraftState.DISCARDED
    if is_discarded:
        told = _("{what} in {place} came after the draft was discarded and was not taken.")
        way_on = _("Take the draft back, and it is in there.")
    else:
        told = _("{what} in {place} came after the import and was not taken.")
        way_on = _(
            "To bring it in, correct the row in your file and drop it again: what is in already stays unchanged."
        )
    lines = [told.format(what=_what(edit), place=_place(stored, edit)) for edit in edits[:_SHOWN]]
    if len(edits) > _SHOWN:
        more = len(edits) - _SHOWN
        counted = ngettext(
            "And {count:,} more cell like these.", "And {count:,} more cells like these.", more
        )
        lines.append(counted.format(count=more))
    return [escape_markdown(line) for line in (*lines, way_on)]


def _what(edit: GridEdit) -> str:
    if edit.key == LEFT_OUT:
        return _("“Skip”") if edit.new else _("“Take it back”")
    return f"“{clipped(edit.new, _LONGEST)}”" if edit.new else _("(blank)")


def _place(stored: StoredDraft, edit: GridEdit) -> str:
    column = stored.declaration.by_key.get(edit.key)
    if column is None:
        return _("row {row}").format(row=edit.row)
    return _("row {row}, {header}").format(row=edit.row, header=column.header)
