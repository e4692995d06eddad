"""What a person is told of cells that somebody else edited meanwhile: both texts, so that nothing is overwritten in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from komet_import.drafts import Conflict
from komet_import.language import _, ngettext
from komet_import.review.draft import Draft
from komet_import.ui.markdown import escape_markdown

Sentence = Callable[[Draft, Conflict], str]
_SHOWN = 5
_LONGEST = 60  # characters of a text


def tell(draft: Draft, conflicts: Sequence[Conflict], sentence: Sentence) -> None:
    """On the run that follows, a line for each of the first ones."""
    lines = [escape_markdown(sentence(draft, conflict)) for conflict in conflicts[:_SHOWN]]
    if len(conflicts) > _SHOWN:
        more = len(conflicts) - _SHOWN
        told = ngettext("And {count:,} more cell like these.", "And {count:,} more cells like these.", more)
        lines.append(told.format(count=more))
    if lines:
        st.session_state["notice"] = "  \n".join(lines)


def not_taken(draft: Draft, conflict: Conflict) -> str:
    """Of an edit."""
    if conflict.by:
        told = _("{place}: {person} typed {theirs} meanwhile; your {mine} was not taken.")
    else:
        told = _("{place}: this is {theirs} again, as in the file; your {mine} was not taken.")
    return _of(draft, conflict, told)


def kept(draft: Draft, conflict: Conflict) -> str:
    """Of a step that was undone or made again."""
    if conflict.key is not None:
        told = _("{place}: {person} typed {theirs} after you, and that stays.")
    elif conflict.theirs:
        told = _("{place}: {person} skipped it after you, and that stays.")
    else:
        told = _("{place}: {person} took it back after you, and that stays.")
    return _of(draft, conflict, told)


def _of(draft: Draft, conflict: Conflict, told: str) -> str:
    place, theirs, mine = _place(draft, conflict), _quoted(conflict.theirs), _quoted(conflict.mine)
    return told.format(place=place, person=conflict.by, theirs=theirs, mine=mine)


def _place(draft: Draft, conflict: Conflict) -> str:
    if conflict.key is None:
        return _("Row {row}").format(row=conflict.row)
    header = draft.declaration.header(conflict.key)
    return _("Row {row}, {header}").format(row=conflict.row, header=header)


def _quoted(text: str) -> str:
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return f"“{text}”" if text else _("(blank)")
