"""How Settings tells what came of a change, and its dialogs: one is open at a time, known to the session by plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from komet_import.errors import KometError
from komet_import.ui.markdown import escape_markdown

_DONE = "settings-done"
_REFUSED = "settings-refused"
_ASKED = "settings-asked"


@contextmanager
def refusal_kept() -> Iterator[None]:
    """In a callback: what is refused there is said by the run that follows."""
    try:
        yield
    except KometError as error:
        st.session_state[_REFUSED] = str(error)


def done(sentence: str) -> None:
    """The next run says it; what `sentence` holds of a user is shown as it stands."""
    st.session_state[_DONE] = sentence


def news() -> None:
    """What came of the last change: a toast, or why it was refused."""
    if said := st.session_state.pop(_DONE, None):
        st.toast(escape_markdown(said), icon=":material/check:", duration="long")
    if refused := st.session_state.pop(_REFUSED, None):
        st.error(escape_markdown(refused), icon=":material/error:")


def ask(*what: str) -> None:
    """Opens a dialog, such as `("rename", "terms", "Net 30")`; nothing closes the one that is open."""
    st.session_state[_ASKED] = list(what)


def is_asked(*what: str) -> bool:
    """Whether that dialog is open."""
    return bool(what) and st.session_state.get(_ASKED) == list(what)


def finish(change: Callable[[], str]) -> None:
    """In a dialog: makes the change and closes it, or says there why it is refused."""
    try:
        sentence = change()
    except KometError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
        return
    done(sentence)
    ask()
    st.rerun()


def ask_new_name(what: str, old: str, longest: int | None, note: str, rename: Callable[[str], str]) -> None:
    """The dialog for another name of `old`; `rename` gets it and returns what to say."""

    @st.dialog(f"Rename this {what}", on_dismiss=ask)
    def dialog() -> None:
        with st.form("new-name-form", border=False):
            st.caption(escape_markdown(note))
            name = st.text_input("New name", value=old, max_chars=longest, key=f"new-name-{old}")
            with st.container(horizontal=True, horizontal_alignment="right"):
                # The only one: Enter takes the first.
                wanted = st.form_submit_button("Rename", type="primary", key="rename")
        if wanted:
            finish(lambda: rename(name))

    dialog()
