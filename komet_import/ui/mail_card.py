"""An import's e-mail: to whom, its text, where it is, and another try."""

from __future__ import annotations

from html import escape

import streamlit as st

from komet_import import history, jobs, post
from komet_import.desk import Desk
from komet_import.errors import KometError
from komet_import.language import _, ngettext
from komet_import.store.mails import MailState, StoredMail
from komet_import.ui import layout, words
from komet_import.ui.downloads import download_button
from komet_import.ui.markdown import escape_markdown
from komet_import.ui.theme import Tone
from komet_import.ui.wiring import worker

_LOOK_AGAIN_SECONDS = 3
_SHOWN = "mail-shown"  # the ID of the e-mail whose dialog is open
_MAIL_HEIGHT = 560
_FRAME = (
    '<!doctype html><html lang="en"><head><title>{title}</title>'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    "<style>body {{ margin: 0 }} iframe {{ border: 0; width: 100%; height: 100vh; display: block }}</style></head>"
    '<body><iframe title="{title}" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="{body}"></iframe>'
    "</body></html>"
)


def mail_card(desk: Desk, import_id: int) -> None:
    """Looks again every few seconds while the e-mail is on its way."""
    mail = _latest(desk, import_id)
    if mail is not None and _is_on_its_way(desk, mail):
        st.fragment(_watched, run_every=_LOOK_AGAIN_SECONDS)(desk, import_id)
    else:
        _card(desk, import_id, mail)


def _watched(desk: Desk, import_id: int) -> None:
    mail = _latest(desk, import_id)
    _card(desk, import_id, mail)
    if mail is None or not _is_on_its_way(desk, mail):
        st.rerun()


def _latest(desk: Desk, import_id: int) -> StoredMail | None:
    mails = history.show(desk, import_id).mails
    return mails[-1] if mails else None


def _is_on_its_way(desk: Desk, mail: StoredMail) -> bool:
    untried = mail.state is MailState.WAITING and mail.last_error is None
    return untried and desk.settings.mail_server is not None


def _card(desk: Desk, import_id: int, mail: StoredMail | None) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.subheader(_("E-mail"), anchor=False)
            if mail is not None:
                _badge(desk, mail)
        if mail is None:
            st.caption(_("No e-mail belongs to this import."))
            return
        st.markdown(_("To {addresses}").format(addresses=escape_markdown(", ".join(mail.recipients))))
        layout.quiet(_state(desk, mail))
        if mail.state is MailState.WAITING:
            worker_trouble(desk)
        if notice := st.session_state.pop("mail-notice", None):
            st.warning(notice)
        _actions(desk, import_id, mail)


def worker_trouble(desk: Desk) -> None:
    """What keeps the worker from the e-mails, if anything does."""
    trouble = worker(desk).trouble(jobs.E_MAILS)
    if trouble is not None:
        again = words.clock(trouble.again_at, desk.company)
        sentence = _("E-mails were not tried: {reason} They are tried again at {time}.")
        told = sentence.format(reason=trouble.sentence, time=again)
        st.warning(escape_markdown(told), icon=":material/warning:")


def _badge(desk: Desk, mail: StoredMail) -> None:
    if mail.state is MailState.SENT and mail.sent_at is not None:
        sent = words.clock(mail.sent_at, desk.company)
        layout.show_badge(_("Sent {time}").format(time=sent), Tone.NEUTRAL, ":material/mark_email_read:")
    elif mail.state is MailState.FAILED:
        layout.show_badge(_("Not sent"), Tone.ERROR, ":material/error:")
    else:
        layout.show_badge(_("Waiting"), Tone.WAITING, ":material/schedule_send:")


def _state(desk: Desk, mail: StoredMail) -> str:
    """Where the e-mail is, in sentences."""
    if mail.state is MailState.SENT:
        return _("The mail server took it.")
    if desk.settings.mail_server is None:
        return _(
            "No mail server is set, so it waits in the outbox until your administrator sets one. The import itself is complete."
        )
    if mail.state is MailState.FAILED:
        return ngettext(
            "It was tried {count:,} time and given up. {reason} The import stands.",
            "It was tried {count:,} times and given up. {reason} The import stands.",
            mail.attempts,
        ).format(count=mail.attempts, reason=mail.last_error)
    if mail.last_error and mail.next_try_at:
        again = words.clock(mail.next_try_at, desk.company)
        sentence = _("{reason} It is tried again at {time}. The import itself is complete.")
        return sentence.format(reason=mail.last_error, time=again)
    return _("It is on its way. The import itself is complete.")


def _actions(desk: Desk, import_id: int, mail: StoredMail) -> None:
    with st.container(horizontal=True, gap="small"):
        if desk.settings.mail_server is not None and not _is_on_its_way(desk, mail):
            st.button(
                _("Try now") if mail.state is MailState.WAITING else _("Send again"),
                key="send-again",
                on_click=_send_again,
                args=(desk, import_id, mail.mail_id),
            )
        st.button(
            _("Show the e-mail"),
            key="show-mail",
            icon=":material/mail:",
            type="tertiary",
            on_click=_show,
            args=(mail.mail_id,),
        )
        download_button(
            _("Download"),
            lambda: post.eml(desk, import_id, mail.mail_id),
            f"mail-{mail.mail_id}.eml",
            "message/rfc822",
            key="eml",
            look="tertiary",
        )
    if st.session_state.get(_SHOWN) == mail.mail_id:
        _dialog(mail)


# -- as it was sent ------------------------------------------------------------------------------------------------


def _show(mail_id: int | None = None) -> None:
    """In the session, as the card is drawn again while the e-mail is on its way."""
    st.session_state[_SHOWN] = mail_id


def _dialog(mail: StoredMail) -> None:
    @st.dialog(_("The e-mail"), width="large", on_dismiss=_show)
    def dialog() -> None:
        st.markdown(f"**{escape_markdown(mail.subject)}**")
        if mail.html:
            st.iframe(_framed(mail.html), height=_MAIL_HEIGHT, alt=_("The e-mail as it was sent"))
        else:
            st.text(mail.text)

    dialog()


def _framed(html: str) -> str:
    """A page whose one frame shows the e-mail: it runs no script and loads nothing; a link in it opens another tab."""
    body = escape(html.replace("<head>", '<head><base target="_blank">', 1))
    title = escape(_("The e-mail as it was sent"))
    return _FRAME.format(title=title, body=body)


def _send_again(desk: Desk, import_id: int, mail_id: int) -> None:
    """In a callback: the run that follows shows what became of it."""
    try:
        post.send_again(desk, import_id, mail_id)
    except KometError as error:
        st.session_state["mail-notice"] = str(error)
    else:
        worker(desk).call(jobs.E_MAILS)
