"""How Settings tells what came of a change, and its dialogs: one is open at a time, known to the session by plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from komet_import.errors import KometError
from komet_import.language import _, ngettext
from komet_import.ui.markdown import escape_markdown

_DONE = "settings-done"
_REFUSED = "settings-refused"
_REFUSED_IN_DIALOG = "settings-refused-in-dialog"
_ASKED = "settings-asked"


@contextmanager
def refusal_kept(where: str = _REFUSED) -> Iterator[None]:
    """In a callback: what is refused there is said by the run that follows."""
    try:
        yield
    except KometError as error:
        st.session_state[where] = str(error)


def done(sentence: str) -> None:
    """The next run says it; what `sentence` holds of a user is shown as it stands."""
    st.session_state[_DONE] = sentence


def news() -> None:
    """What came of the last change: a toast, or why it was refused."""
    if said := st.session_state.pop(_DONE, None):
        st.toast(escape_markdown(said), icon=":material/check:", duration="long")
    _say_refused(_REFUSED)


def _say_refused(where: str) -> None:
    if refused := st.session_state.pop(where, None):
        st.error(escape_markdown(refused), icon=":material/error:")


def ask(*what: str) -> None:
    """Opens a dialog, such as `("rename", "terms", "Net 30")`; nothing closes the one that is open."""
    st.session_state[_ASKED] = list(what)


def is_asked(*what: str) -> bool:
    """Whether that dialog is open."""
    return bool(what) and st.session_state.get(_ASKED) == list(what)


def finish(change: Callable[[], str]) -> None:
    """In a callback of a dialog: makes the change and closes it, or keeps why it is refused for `dialog_news`."""
    with refusal_kept(_REFUSED_IN_DIALOG):
        done(change())
        ask()


def dialog_news() -> None:
    """In a dialog, after its fields: why its change was refused; where it is made the page is drawn without the dialog."""
    if not st.session_state.get(_ASKED):
        st.rerun()
    _say_refused(_REFUSED_IN_DIALOG)


def ask_deactivation(name: str, records: int, deactivate: Callable[[], str]) -> None:
    """The dialog before `name`, which records have, cannot be given any more; `deactivate` returns what to say."""

    @st.dialog(_("Deactivate “{name}”?").format(name=escape_markdown(name)), on_dismiss=ask)
    def dialog() -> None:
        told = ngettext(
            "{count:,} customer keeps it; in files it becomes an error.",
            "{count:,} customers keep it; in files it becomes an error.",
            records,
        )
        st.markdown(told.format(count=records))
        with st.container(horizontal=True, horizontal_alignment="right"):
            st.button(_("Cancel"), key="cancel-deactivation", on_click=ask)
            st.button(_("Deactivate"), type="primary", key="deactivate", on_click=finish, args=(deactivate,))
        dialog_news()

    dialog()


def ask_new_name(title: str, old: str, longest: int | None, note: str, rename: Callable[[str], str]) -> None:
    """The dialog for another name of `old`; `rename` gets it and returns what to say."""
    key = f"new-name-{old}"

    @st.dialog(title, on_dismiss=ask)
    def dialog() -> None:
        with st.form("new-name-form", border=False):
            st.caption(escape_markdown(note))
            st.text_input(_("New name"), value=old, max_chars=longest, key=key)
            with st.container(horizontal=True, horizontal_alignment="right"):
                # The only one: Enter takes the first.
                st.form_submit_button(
                    _("Rename"),
                    type="primary",
                    key="rename",
                    on_click=finish,
                    args=(lambda: rename(st.session_state[key]),),
                )
        dialog_news()

    dialog()
