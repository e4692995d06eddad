"""Settings › E-mail and About: what the machine decides by KOMET_ variables. It is shown, and changed there."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from komet_import import company, post
from komet_import.access import role_name
from komet_import.desk import Desk
from komet_import.errors import KometError
from komet_import.language import N_, _, ngettext
from komet_import.settings import MailSecurity, MailServer
from komet_import.ui.mail_card import worker_trouble
from komet_import.ui.markdown import escape_markdown

_SECURITY = {
    MailSecurity.STARTTLS: N_("encrypted (STARTTLS)"),
    MailSecurity.SSL: N_("encrypted (SSL)"),
    MailSecurity.NONE: N_("not encrypted"),
}


def mail_section(desk: Desk) -> None:
    """The settings in force and a test; a password is never shown."""
    server = desk.settings.mail_server
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, gap="small"):
        st.subheader(_("Mail server"), anchor=False)
        if server is None:
            st.markdown(
                _("No mail server is set. E-mails wait in the outbox, and each is kept as an .eml file.")
            )
            _facts([(_("Folder"), str(desk.settings.outbox_dir))])
        else:
            _facts(_server(server))
        worker_trouble(desk)
        st.caption(
            _("Set by KOMET\\_SMTP\\_… and KOMET\\_MAIL\\_FROM where the app runs; a change needs a restart.")
        )
    with right, st.container(border=True, gap="small"):
        _test(desk)


def _server(server: MailServer) -> list[tuple[str, str]]:
    return [
        (_("Server"), _("{host}, port {port}").format(host=server.host, port=server.port)),
        (_("Connection"), _(_SECURITY[server.security])),
        (_("From"), server.sender),
        (_("User"), server.user or _("none")),
        (_("Password"), _("a password is set") if server.password else _("none")),
    ]


def _test(desk: Desk) -> None:
    st.subheader(_("Test"), anchor=False)
    address = escape_markdown(desk.person.email)
    sentence = _("Sends one e-mail to **{address}** at once, and says what the server answers.")
    st.markdown(sentence.format(address=address))
    unset = desk.settings.mail_server is None
    if not st.button(
        _("Send a test e-mail to me"),
        key="send-test",
        icon=":material/send:",
        disabled=unset,
        help=_("Set a mail server first.") if unset else None,
    ):
        return
    try:
        with st.spinner(_("Talking to the mail server")):
            post.send_test_mail(desk)
    except KometError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    else:
        told = _("The mail server took the e-mail for {address}.").format(address=address)
        st.success(told, icon=":material/check:")


def about_section(desk: Desk) -> None:
    """Version, database and limits."""
    limits, settings, program = desk.settings.limits, desk.settings, company.installation(desk)
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, gap="small"):
        st.subheader(_("Limits of a file"), anchor=False)
        _facts(
            [
                (_("Size"), f"{limits.upload_mb:,} MB"),
                (_("Rows"), f"{limits.rows:,}"),
                (_("Memory to read it"), f"{limits.memory_mb:,} MB"),
                (_("Time to read it"), _seconds(limits.seconds)),
            ]
        )
        st.subheader(_("Kept"), anchor=False)
        _facts(
            [
                (_("Imports"), _("for ever, with their files")),
                (_("Discarded drafts, refused files"), _days(settings.keep_days)),
            ]
        )
        st.caption(
            _(
                "Set by KOMET\\_MAX\\_…, KOMET\\_PARSER\\_… and KOMET\\_KEEP\\_DAYS where the app runs; a change needs a restart."
            )
        )
    with right, st.container(border=True, gap="small"):
        st.subheader(_("This installation"), anchor=False)
        _facts(
            [
                (_("Version"), program.version),
                (_("Database"), program.database),
                (_("Kept in"), program.place),
                (_("Address in e-mails"), settings.base_url),
                (_("Signed in"), f"{desk.person.email}, {role_name(desk.person)}"),
            ]
        )


def _seconds(count: int) -> str:
    return ngettext("{count:,} second", "{count:,} seconds", count).format(count=count)


def _days(count: int) -> str:
    return ngettext("{count:,} day", "{count:,} days", count).format(count=count)


def _facts(facts: Iterable[tuple[str, str]]) -> None:
    for label, value in facts:
        with st.container(horizontal=True, gap="small"):
            st.caption(label, width=130)
            st.markdown(escape_markdown(value), width="stretch")
