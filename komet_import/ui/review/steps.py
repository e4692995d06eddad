"""Undo and redo: what each would do, what it did, and the cell where it did it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from komet_import import drafts
from komet_import.desk import Desk
from komet_import.drafts import Conflict, OpenDraft
from komet_import.language import _, ngettext
from komet_import.review.draft import Draft
from komet_import.review.edits import OUT
from komet_import.sentences import clipped
from komet_import.store.edits import Step
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.review import view as views
from komet_import.ui.review.changing import change_draft
from komet_import.ui.review.conflicts import kept
from komet_import.ui.review.view import View

_LONGEST = 40  # characters of a cell's text


def step_buttons(desk: Desk, opened: OpenDraft, view: View) -> None:
    """Of the person's own steps."""
    steps, draft_id = drafts.own_steps(desk, opened.stored.draft_id), opened.stored.draft_id
    nothing_to_undo, nothing_to_redo = _("No edit of yours to undo"), _("No edit of yours to redo")
    would_undo, would_redo = _("Undo: {step}"), _("Redo: {step}")
    st.button(
        _("Undo"),
        key="do-undo",
        help=_told(opened.draft, steps.undo, would_undo) or nothing_to_undo,
        disabled=steps.undo is None,
        on_click=_undo,
        args=(desk, draft_id, view),
    )
    st.button(
        _("Redo"),
        key="do-redo",
        help=_told(opened.draft, steps.redo, would_redo) or nothing_to_redo,
        disabled=steps.redo is None,
        on_click=_redo,
        args=(desk, draft_id, view),
    )


def _told(draft: Draft, step: Step | None, sentence: str) -> str:
    """ "" without a step."""
    return escape_markdown(sentence.format(step=step_text(draft, step))) if step else ""


def step_text(draft: Draft, step: Step) -> str:
    """`row 11, Fax: “x” → “y” and 2 more cells`; `row 11 skipped`."""
    if step.key is None:
        told = _("row {row} skipped") if step.new == OUT else _("row {row} taken back")
        text = told.format(row=step.row)
    else:
        text = _("row {row}, {header}: {old} → {new}").format(
            row=step.row,
            header=draft.declaration.header(step.key),
            old=_quoted(step.old),
            new=_quoted(step.new),
        )
    more = ngettext("{step} and {count:,} more cell", "{step} and {count:,} more cells", step.more)
    return more.format(step=text, count=step.more) if step.more else text


def _quoted(text: str) -> str:
    return f"“{clipped(text, _LONGEST)}”" if text else _("(blank)")


def _undo(desk: Desk, draft_id: str, view: View) -> None:
    change_draft(desk, draft_id, lambda at, opened: _move(at, opened, view, is_undo=True), kept)


def _redo(desk: Desk, draft_id: str, view: View) -> None:
    change_draft(desk, draft_id, lambda at, opened: _move(at, opened, view, is_undo=False), kept)


def _move(desk: Desk, opened: OpenDraft, view: View, *, is_undo: bool) -> list[Conflict]:
    """To the step's first cell; the keyboard's focus too when the button has no more to do."""
    move: Callable[[Desk, OpenDraft], list[Conflict]] = drafts.undo if is_undo else drafts.redo
    steps = drafts.own_steps(desk, opened.stored.draft_id)
    conflicts = move(desk, opened)
    step = steps.undo if is_undo else steps.redo
    if step is None or step.row not in opened.draft:
        return conflicts
    views.show(view, opened.draft, step.row, step.key or "_action")
    left = drafts.own_steps(desk, opened.stored.draft_id)
    if (left.undo if is_undo else left.redo) is None:
        views.take_focus(view)
    if len(conflicts) <= step.more:  # else nothing was done
        st.toast(_told(opened.draft, step, _("Undid: {step}") if is_undo else _("Redid: {step}")))
    return conflicts
