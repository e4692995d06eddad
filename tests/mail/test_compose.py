"""What the recipient of an e-mail reads, in both of its parts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest

from komet_import import language
from komet_import.mail.compose import Message, as_eml, compose, compose_test
from komet_import.mail.report import ImportReport
from tests.languages import Bracketed
from tests.mail.reports import ALL_IN, ALL_OR_NOTHING, FAILED, LEFT_OUT, NOTHING_NEW, worded

SENT = datetime(2026, 11, 23, 15, 42, tzinfo=UTC)


class Page(HTMLParser):
    """What a mail program makes of the HTML: the words one sees, the tags, the links and what would be loaded."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self._words: list[str] = []
        self._in_style = False
        self.feed(html)
        self.close()

    @property
    def words(self) -> str:
        return " ".join("".join(self._words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._in_style = tag == "style"
        for name, value in attrs:
            if name == "href" and value:
                self.links.append(value)
            elif name in ("src", "background", "srcset"):
                self.loaded.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self._words.append(data)


def words_of(report: ImportReport) -> tuple[str, str]:
    message = compose(report)
    return Page(message.html).words, " ".join(message.text.split())


def opened(eml: bytes) -> EmailMessage:
    return message_from_bytes(eml, policy=default)


def content(email: EmailMessage, kind: str) -> str:
    part = email.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize(
    ("report", "title"),
    [
        (LEFT_OUT, "52 rows imported, 3 left out"),
        (replace(LEFT_OUT, inserted=1, updated=0), "1 row imported, 3 left out"),
        (replace(LEFT_OUT, inserted=0, updated=0), "Nothing was imported: 3 of 184 rows were left out"),
        (ALL_IN, "All 184 rows are in"),
        (replace(ALL_IN, rows=1, inserted=1, updated=0, unchanged=0), "The only row is in"),
        (NOTHING_NEW, "Nothing to change: all 184 rows are unchanged"),
        (replace(NOTHING_NEW, rows=1, unchanged=1), "Nothing to change: the only row is unchanged"),
        (ALL_OR_NOTHING, "Nothing was imported: 3 of 184 rows have errors"),
        (
            replace(ALL_OR_NOTHING, rows=1, rejected=1, held_back=0),
            "Nothing was imported: 1 of 1 row has errors",
        ),
        (FAILED, "Nothing was imported: the import failed"),
        (replace(ALL_IN, rows=100_000, inserted=99_960), "All 100,000 rows are in"),
    ],
)
def test_the_verdict_is_subject_and_title(report: ImportReport, title: str) -> None:
    message = compose(report)
    assert message.subject == f"{title} · customers-november.xlsx"
    assert f">{title}</h1>" in message.html
    assert title in message.text.splitlines()


@pytest.mark.parametrize(
    ("report", "sentence"),
    [
        (LEFT_OUT, "12 customers are new, 40 were updated and 129 are unchanged."),
        (
            LEFT_OUT,
            "Rows 14, 31 and 96 were left out. Correct them in the workbook and import it again: it holds",
        ),
        (LEFT_OUT, "The first 5 of 6 problems."),
        (replace(LEFT_OUT, rejected=23), "Rows 14, 31, 96 and 20 more were left out."),
        (
            replace(LEFT_OUT, rejected=1, left_out_rows=(14,)),
            "Row 14 was left out. Correct it in the workbook and import that",
        ),
        (replace(LEFT_OUT, left_out_rows=()), "3 rows were left out."),
        (
            replace(LEFT_OUT, rejected=9, left_out_rows=tuple(range(2, 11))),
            "Rows 2, 3, 4, 5, 6 and 4 more were",
        ),
        (ALL_IN, "What changed most: Terms (28), Salesperson (22), Phone (17). No stored value was cleared."),
        (replace(ALL_IN, cleared=1), "1 stored value was cleared."),
        (replace(ALL_IN, cleared=1200), "1,200 stored values were cleared."),
        (
            replace(ALL_IN, inserted=1, updated=1, unchanged=1),
            "1 customer is new, 1 was updated and 1 is unchanged.",
        ),
        (replace(ALL_IN, inserted=0, unchanged=0), "40 customers were updated."),
        (NOTHING_NEW, "184 customers are unchanged."),
        (
            ALL_OR_NOTHING,
            "All rows were to go in, or none. Rows 14, 31 and 96 have errors. Correct them in your file",
        ),
        (FAILED, "The disk is full. Free some space and try again."),
        (replace(FAILED, failure=None), "Import the file again."),
        (LEFT_OUT, "customers-november.xlsx, imported by Ana Torres on 23 November 2026 at 10:42 (EST)."),
        (ALL_OR_NOTHING, "customers-november.xlsx, tried by Ana Torres"),
    ],
)
def test_both_parts_say_what_happened_and_what_to_do(report: ImportReport, sentence: str) -> None:
    html, text = words_of(report)
    assert sentence in html
    assert sentence in text


@pytest.mark.parametrize(
    ("report", "equation"),
    [
        (LEFT_OUT, "184 rows = 12 new + 40 updated + 129 unchanged + 3 left out"),
        (ALL_OR_NOTHING, "184 rows = 181 without errors + 3 with errors"),
        (
            replace(ALL_IN, rows=100_000, inserted=99_828),
            "100,000 rows = 99,828 new + 40 updated + 132 unchanged + 0 left out",
        ),
    ],
)
def test_the_counts_stand_as_an_equation(report: ImportReport, equation: str) -> None:
    html, text = words_of(report)
    assert equation in text
    numbers_and_signs = re.sub(r"(?<=\d)(?=[A-Z])", " ", html)  # a line break parts number and label
    assert equation in numbers_and_signs.lower()


def test_a_failed_import_shows_no_counts() -> None:
    html, text = words_of(FAILED)
    assert " = " not in html
    assert " = " not in text.replace("=====", "")


def test_each_problem_is_listed_with_its_row_column_value_and_reason() -> None:
    html, text = words_of(LEFT_OUT)
    for problem in LEFT_OUT.problems:
        column = LEFT_OUT.header(problem.key or "")
        for part in (str(problem.row), column, problem.value or "(blank)", problem.message):
            assert part in html
        assert f"Row {problem.row}, {column}: {problem.value or '(blank)'} {problem.message}" in text


def test_a_problem_of_a_whole_row_has_neither_column_nor_value() -> None:
    report = replace(LEFT_OUT, problems=(worded(14, None, "", "Left out by you."),), problem_count=1)
    html, text = words_of(report)
    assert "Row 14 Left out by you." in text
    assert "(blank)" not in html + text
    assert "The first" not in html + text


@pytest.mark.parametrize(
    ("report", "button"),
    [
        (LEFT_OUT, "Get the workbook"),
        (ALL_OR_NOTHING, "See the problems"),
        (ALL_IN, "See the import"),
        (FAILED, "See the import"),
    ],
)
def test_one_button_and_one_link(report: ImportReport, button: str) -> None:
    message = compose(report)
    assert Page(message.html).links == [report.import_url, report.customers_url]
    assert f">{button}</a>" in message.html
    assert f"{button}:\n{report.import_url}\n" in message.text
    assert f"Customers:\n{report.customers_url}\n" in message.text


@pytest.mark.parametrize("report", [LEFT_OUT, ALL_IN, NOTHING_NEW, ALL_OR_NOTHING, FAILED])
def test_nothing_is_loaded_and_nothing_needs_more_than_tables(report: ImportReport) -> None:
    page = Page(compose(report).html)
    assert page.loaded == []
    assert not page.tags & {"img", "script", "link", "iframe", "svg", "form"}
    assert "url(" not in compose(report).html
    assert "@import" not in compose(report).html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '"><a href="http://evil.example">x</a>',
        "{{ 7 * 7 }}{% raw %}",
        "{{ report.__class__ }}",
        "&lt;b&gt;",
        "=cmd|'/c calc'!A1",
    ],
)
def test_markup_and_templates_in_the_file_are_text(text: str) -> None:
    hostile = replace(
        LEFT_OUT,
        company=text,
        file=text,
        person=text,
        problems=(worded(14, "x", text, text),),
        header=lambda _key: text,
        failure=text,
    )
    for report in (hostile, replace(hostile, state="failed")):
        page = Page(compose(report).html)
        assert not page.tags & {"script", "img"}
        assert page.links == [report.import_url, report.customers_url]
        assert text in page.words.replace("\u200b", "")
        assert text in " ".join(compose(report).text.split()).replace("\u200b", "")


@pytest.mark.parametrize(
    ("value", "linked"),
    [
        ("https://evil.example/login", r"https?://evil|evil\.example"),
        ("Call www.evil.example now", r"www\.evil|evil\.example"),
        ("evil.example/login", r"evil\.example"),
        ("http://a@evil.example/x.xlsx", r"http://a|evil\.example"),
    ],
)
def test_no_mail_program_can_make_a_link_of_a_value(value: str, linked: str) -> None:
    report = replace(LEFT_OUT, file=value, problems=(worded(3, "Website", value, f"“{value}” is wrong."),))
    message = compose(report)
    for part in (message.html, message.text):
        assert not re.search(linked, part)
        assert value in " ".join(part.split()).replace("\u200b", "")


def test_file_names_and_addresses_stay_as_they_are() -> None:
    html, text = words_of(replace(LEFT_OUT, file="my.customers.v2.xlsx", person="ana@sunrise.example"))
    assert "my.customers.v2.xlsx, imported by ana@sunrise.example on" in html
    assert "my.customers.v2.xlsx, imported by ana@sunrise.example on" in text


def test_long_texts_are_cut_and_direction_marks_shown() -> None:
    report = replace(
        LEFT_OUT,
        file=f"{'n' * 300}.xlsx",
        problems=(
            worded(2, "Notes", "W" * 5000, "Too long."),
            worded(3, "Notes", "a\u202egpj\x07", "No."),
        ),
    )
    message = compose(report)
    for part in (message.html, message.text):
        assert "W" * 61 not in part
        assert "n" * 81 not in part
        assert "nnn.xlsx" in part
        assert "\u202e" not in part
        assert "\x07" not in part
    assert len(message.subject) < 120


@pytest.mark.parametrize(
    ("zone", "moment"),
    [
        ("America/New_York", "23 November 2026 at 10:42 (EST)"),
        ("America/Bogota", "23 November 2026 at 10:42 (UTC-05)"),
        ("Asia/Kathmandu", "23 November 2026 at 10:42 (UTC+05:45)"),
        ("UTC", "23 November 2026 at 10:42 (UTC)"),
    ],
)
def test_the_time_names_its_zone(zone: str, moment: str) -> None:
    report = replace(ALL_IN, finished_at=datetime(2026, 11, 23, 10, 42, tzinfo=ZoneInfo(zone)))
    assert moment in words_of(report)[1]


def test_the_plain_text_fits_a_terminal() -> None:
    assert max(len(line) for line in compose(LEFT_OUT).text.splitlines()) <= 78


def test_an_eml_opens_with_headers_and_both_parts() -> None:
    message = compose(LEFT_OUT)
    eml = as_eml(
        message, ["ana@sunrise.example", "Ops@sunrise.example"], "komet@sunrise.example", "<7@komet>", SENT
    )
    email = opened(eml)
    assert email.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in email.iter_parts()] == ["text/plain", "text/html"]
    assert email["From"] == "Komet Import <komet@sunrise.example>"
    assert email["To"] == "ana@sunrise.example, Ops@sunrise.example"
    assert email["Subject"] == message.subject
    assert email["Message-ID"] == "<7@komet>"
    assert email["Date"].datetime == SENT
    assert content(email, "plain").replace("\r\n", "\n") == message.text
    assert content(email, "html").replace("\r\n", "\n") == message.html
    assert max(len(line) for line in eml.splitlines()) < 998


@pytest.mark.parametrize(
    "file",
    [
        "a\r\nBcc: everybody@sunrise.example\r\n\r\n<b>body</b>.xlsx",
        "a\nSubject: other.xlsx",
        "a\u2028Bcc: x@y.example\x0b\x85b.xlsx",
        "clientes-añadidos-日本語-💐-" * 20 + ".xlsx",
        "a\ud800b.xlsx",
        "=?utf-8?q?x=0ABcc=3A_y=40z.example?=.xlsx",
        "x" * 500,
        "",
    ],
)
def test_no_file_name_adds_or_breaks_a_header(file: str) -> None:
    message = compose(replace(LEFT_OUT, file=file))
    eml = as_eml(message, ["ana@sunrise.example"], "komet@sunrise.example", "<7@komet>", SENT)
    email = opened(eml)
    names = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]
    assert sorted(email.keys()) == sorted(names)
    assert str(email["Subject"]).startswith("52 rows imported, 3 left out ·")
    assert content(email, "plain").startswith("Komet Import")


@pytest.mark.parametrize(
    ("recipients", "sender", "subject"),
    [
        (["a@x.example\r\nBcc: b@x.example"], "k@x.example", "s"),
        (["a@x.example"], "k@x.example\nBcc: b@x.example", "s"),
        (["a@x.example"], "k@x.example", "s\r\nBcc: b@x.example"),
        (["@", "", "josé@mañana.example", "<>", "a@b@c", "\x00"], "Komet <k@x.example>", "s"),
    ],
)
def test_hostile_addresses_and_subjects_stay_in_their_header(
    recipients: list[str], sender: str, subject: str
) -> None:
    eml = as_eml(Message(subject, "<p>x</p>", "x"), recipients, sender, "<7@komet>", SENT)
    assert opened(eml)["Bcc"] is None
    assert content(opened(eml), "plain").strip() == "x"


def test_names_in_the_test_mail_stay_text() -> None:
    hostile = "<img src=x onerror=alert(1)> http://evil.example {{ 7 * 7 }}\r\nBcc: eve@evil.example"
    message = compose_test(
        hostile, hostile, datetime(2026, 11, 23, tzinfo=UTC), "http://localhost:8501/settings"
    )
    assert "<img" not in message.html
    assert re.findall(r'href="([^"]+)"', message.html) == ["http://localhost:8501/settings"]
    assert "http://evil.example" not in message.html + message.text
    assert "49" not in message.text
    assert "\n" not in message.subject


def said_in_english(words: str) -> set[str]:
    """The words that no bracket holds."""
    while (outside := re.sub("⟦[^⟦⟧]*⟧", " ", words)) != words:
        words = outside
    return set(re.findall(r"[^\W\d_]{2,}", words))


@pytest.mark.parametrize(
    "report",
    [
        LEFT_OUT,
        replace(LEFT_OUT, skipped=1),
        replace(LEFT_OUT, skipped=3),
        replace(LEFT_OUT, inserted=0, updated=0),
        replace(LEFT_OUT, left_out_rows=tuple(range(2, 9)), rejected=900),
        ALL_IN,
        NOTHING_NEW,
        replace(NOTHING_NEW, unchanged=0),
        ALL_OR_NOTHING,
        replace(ALL_OR_NOTHING, skipped=1, held_back=180),
        replace(FAILED, failure=None),
    ],
)
def test_another_language_has_every_word_of_an_e_mail(
    report: ImportReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(language, "catalogue", Bracketed())
    problems = (worded(7, None, "", "⟦⟧"), worded(8, "1", "", "⟦⟧"), worded(9, "1", "7", "⟦⟧"))
    message = compose(
        replace(
            report, file="1.x", header=str.upper, most_changed=(("1", 4),), problems=problems, company="2"
        )
    )
    for part in (message.subject, Page(message.html).words, message.text):
        assert said_in_english(part.replace(report.import_url, "").replace(report.customers_url, "")) <= {
            "Komet",
            "Import",
        }


def test_another_language_has_every_word_of_a_test_e_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "catalogue", Bracketed())
    message = compose_test("1", "2", SENT, "3")
    for part in (message.subject, Page(message.html).words, message.text):
        assert said_in_english(part) <= {"Komet", "Import"}
