"""What a person is told of cells that somebody else edited meanwhile: both texts, so that nothing is overwritten in silence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from komet_import.drafts import Conflict
from komet_import.review.draft import Draft
from komet_import.ui import words
from komet_import.ui.markdown import escape_markdown

Sentence = Callable[[Draft, Conflict], str]
_SHOWN = 5
_LONGEST = 60  # characters of a text


def tell(draft: Draft, conflicts: Sequence[Conflict], sentence: Sentence) -> None:
    """On the run that follows, a line for each of the first ones."""
    lines = [escape_markdown(sentence(draft, conflict)) for conflict in conflicts[:_SHOWN]]
    if len(conflicts) > _SHOWN:
        lines.append(f"And {words.counted(len(conflicts) - _SHOWN, 'more cell')} like these.")
    if lines:
        st.session_state["notice"] = "  \n".join(lines)


def not_taken(draft: Draft, conflict: Conflict) -> str:
    """Of an edit."""
    place, theirs, mine = _place(draft, conflict), _quoted(conflict.theirs), _quoted(conflict.mine)
    if not conflict.by:
        return f"{place}: this is {theirs} again, as in the file; your {mine} was not taken."
    return f"{place}: {conflict.by} typed {theirs} meanwhile; your {mine} was not taken."


def kept(draft: Draft, conflict: Conflict) -> str:
    """Of a step that was undone or made again."""
    place, by = _place(draft, conflict), conflict.by
    if conflict.key is None:
        return (
            f"{place}: {by} {'left it out' if conflict.theirs else 'took it back'} after you, and that stays."
        )
    return f"{place}: {by} typed {_quoted(conflict.theirs)} after you, and that stays."


def _place(draft: Draft, conflict: Conflict) -> str:
    if conflict.key is None:
        return f"Row {conflict.row}"
    return f"Row {conflict.row}, {draft.declaration.header(conflict.key)}"


def _quoted(text: str) -> str:
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    return f"“{text}”" if text else "(blank)"
