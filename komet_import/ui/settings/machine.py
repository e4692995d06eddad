"""Settings › E-mail and About: what the machine decides by KOMET_ variables. It is shown, and changed there."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from komet_import import company, post
from komet_import.desk import Desk
from komet_import.errors import KometError
from komet_import.settings import MailSecurity, MailServer
from komet_import.ui import words
from komet_import.ui.mail_card import worker_trouble
from komet_import.ui.markdown import escape_markdown

_SECURITY = {
    MailSecurity.STARTTLS: "encrypted (STARTTLS)",
    MailSecurity.SSL: "encrypted (SSL)",
    MailSecurity.NONE: "not encrypted",
}


def mail_section(desk: Desk) -> None:
    """The settings in force and a test; a password is never shown."""
    server = desk.settings.mail_server
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, gap="small"):
        st.subheader("Mail server", anchor=False)
        if server is None:
            st.markdown(
                "No mail server is set. E-mails wait in the outbox, and each is kept as an .eml file."
            )
            _facts([("Folder", str(desk.settings.outbox_dir))])
        else:
            _facts(_server(server))
        worker_trouble(desk)
        st.caption(
            "Set by KOMET\\_SMTP\\_… and KOMET\\_MAIL\\_FROM where the app runs; a change needs a restart."
        )
    with right, st.container(border=True, gap="small"):
        _test(desk)


def _server(server: MailServer) -> list[tuple[str, str]]:
    return [
        ("Server", f"{server.host}, port {server.port}"),
        ("Connection", _SECURITY[server.security]),
        ("From", server.sender),
        ("User", server.user or "none"),
        ("Password", "a password is set" if server.password else "none"),
    ]


def _test(desk: Desk) -> None:
    st.subheader("Test", anchor=False)
    address = escape_markdown(desk.person.email)
    st.markdown(f"Sends one e-mail to **{address}** at once, and says what the server answers.")
    unset = desk.settings.mail_server is None
    if not st.button(
        "Send a test e-mail to me",
        key="send-test",
        icon=":material/send:",
        disabled=unset,
        help="Set a mail server first." if unset else None,
    ):
        return
    try:
        with st.spinner("Talking to the mail server"):
            post.send_test_mail(desk)
    except KometError as error:
        st.error(escape_markdown(str(error)), icon=":material/error:")
    else:
        st.success(f"The mail server took the e-mail for {address}.", icon=":material/check:")


def about_section(desk: Desk) -> None:
    """Version, database and limits."""
    limits, settings, program = desk.settings.limits, desk.settings, company.installation(desk)
    left, right = st.columns(2, gap="large")
    with left, st.container(border=True, gap="small"):
        st.subheader("Limits of a file", anchor=False)
        _facts(
            [
                ("Size", f"{limits.upload_mb:,} MB"),
                ("Rows", f"{limits.rows:,}"),
                ("Memory to read it", f"{limits.memory_mb:,} MB"),
                ("Time to read it", f"{limits.seconds:,} seconds"),
            ]
        )
        st.subheader("Kept", anchor=False)
        days = words.counted(settings.keep_days, "day")
        _facts([("Imports", "for ever, with their files"), ("Discarded drafts, refused files", days)])
        st.caption(
            "Set by KOMET\\_MAX\\_…, KOMET\\_PARSER\\_… and KOMET\\_KEEP\\_DAYS where the app runs; a change needs a restart."
        )
    with right, st.container(border=True, gap="small"):
        st.subheader("This installation", anchor=False)
        _facts(
            [
                ("Version", program.version),
                ("Database", program.database),
                ("Kept in", program.place),
                ("Address in e-mails", settings.base_url),
                ("Signed in", f"{desk.person.email}, {desk.person.role.value}"),
            ]
        )


def _facts(facts: Iterable[tuple[str, str]]) -> None:
    for label, value in facts:
        with st.container(horizontal=True, gap="small"):
            st.caption(label, width=130)
            st.markdown(escape_markdown(value), width="stretch")
