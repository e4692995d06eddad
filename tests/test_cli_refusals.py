"""What the command line says when arguments, settings or files cannot be used: exit code 2, and nothing is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands import Command, is_utc, write
from tests.stories import NEW, csv_of, rows_of
from tests.workbook import odd_workbooks as odd


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("check",),
        ("check", "one.csv", "two.csv"),
        ("check", "one.csv", "--no-such-option"),
        ("check", "one.csv", "--map", "no equals sign"),
        ("check", "one.csv", "--map", "=Customer Code"),
        ("check", "one.csv", "--map", "Phone=No Such Header"),
        ("check", "one.csv", "--map", "No such column=Phone"),
        ("check", "one.csv", "--blank-cells", "maybe"),
        ("check", "one.csv", "--all-or-nothing"),
        ("check", "missing.csv"),
        ("check", "."),
        ("check", "one.csv/inside"),
        ("check", ""),
        ("check", "x" * 300),
        ("check", "one.csv", "--report", "no-such-folder/out.xlsx"),
        ("import", "missing.csv"),
        ("import", "one.csv", "--map", "Phone=Nothing"),
        ("show", "first"),
        ("show", "99"),
        ("show", "99999999999999999999"),
        ("history", "--limit", "0"),
        ("customers", "--limit", "99999999999999999999"),
        ("template", "out.xlsx", "--kind", "full"),
        ("template", "no-such-folder/out.xlsx"),
        ("template", "one.csv/out.xlsx"),
        ("template", "."),
        ("template", ""),
        ("template", "/"),
        ("template", "x" * 300),
        ("template", "/dev/null"),
        ("company", "load", "missing.json"),
        ("outbox", "fetch"),
    ],
    ids=lambda arguments: " ".join(arguments)[:50],
)
def test_arguments_that_cannot_be_used(command: Command, arguments: tuple[str, ...]) -> None:
    write("one.csv", csv_of(NEW))
    done = command(*arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err[0].isupper() or done.err[0] in "/.-'" or done.err.startswith(arguments[-1][:5])
    takes_json = "load" not in arguments and arguments[0] != "template"
    told = command(*arguments, "--json")
    assert told.code == 2
    if takes_json and "--no-such-option" not in arguments:
        assert told.json == {"error": {"code": told.json["error"]["code"], "message": done.err.rstrip("\n")}}
    assert command("history", "--json").json == []
    assert sorted(path.name for path in Path().iterdir()) == ["data", "one.csv"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KOMET_MAX_ROWS", "many"),
        ("KOMET_SMTP_HOST", "mail.example"),
        ("KOMET_BASE_URL", "nowhere"),
        ("KOMET_COMPANY", "Nobody & Co."),
        ("KOMET_PERSON", "eve@x.example"),
        ("KOMET_DATABASE_URL", "nonsense"),
        ("KOMET_DATABASE_URL", "postgresql+nodriver://localhost/komet"),
        ("KOMET_DATA_DIR", "/dev/null/komet"),
    ],
)
def test_settings_that_cannot_be_used(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    done = command("customers", "--json")
    assert done.code == 2
    assert done.json["error"]["message"] + "\n" == done.err
    assert done.json["error"]["code"] in (
        "bad_setting", "no_company", "unknown_person", "database_unusable",
    )  # fmt: skip


UNUSABLE: dict[str, bytes] = {
    "not_a_workbook": b"%PDF-1.7",
    "encrypted": odd.encrypted_xlsx(),
    "damaged": odd.xlsx_of([odd.HEADER])[:3000],
    "too_large": b"x" * ((1 << 20) + 1),
    "too_many_rows": csv_of(*rows_of(11)),
    "no_header": b"Street,City\nA,B\n",
    "missing_columns": b"Customer Name,Phone\nA,B\n",
    "repeated_column": b"Customer Code,Phone,CUSTOMER CODE\nA,1,B\n",
    "no_rows": b"Customer Code,Customer Name\n",
}


@pytest.mark.parametrize(("code", "content"), UNUSABLE.items(), ids=UNUSABLE)
def test_a_file_that_cannot_be_used_has_no_effect(
    command: Command, monkeypatch: pytest.MonkeyPatch, code: str, content: bytes
) -> None:
    monkeypatch.setenv("KOMET_MAX_UPLOAD_MB", "1")
    monkeypatch.setenv("KOMET_MAX_ROWS", "10")
    write("file.xlsx", content)
    for arguments in (("check", "file.xlsx", "--report", "out.xlsx"), ("import", "file.xlsx")):
        done = command(*arguments, "--json")
        assert done.code == 2
        assert done.json == {"error": {"code": code, "message": done.err.rstrip("\n")}}
        assert done.err.startswith("file.xlsx ")
    assert not Path("out.xlsx").exists()
    assert [command(name, "--json").json for name in ("history", "customers", "outbox")] == [[], [], []]


def test_a_file_of_exactly_the_most_rows_is_read(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KOMET_MAX_ROWS", "3")
    write("most.csv", csv_of(*rows_of(3)))
    write("more.csv", csv_of(*rows_of(4)))
    assert command("check", "most.csv", "--json").json["counts"]["new"] == 3
    assert command("check", "more.csv", "--json").json["error"]["code"] == "too_many_rows"


def test_a_file_without_end_is_too_large(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no /dev/zero here")
    monkeypatch.setenv("KOMET_MAX_UPLOAD_MB", "1")
    assert command("check", "/dev/zero", "--json").json["error"]["code"] == "too_large"


def test_an_email_that_cannot_be_kept_or_sent_never_changes_the_exit_code(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("one.csv", csv_of(NEW))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "outbox").write_text("in the way")
    done = command("import", "one.csv", "--json")
    assert (done.code, done.json["state"]) == (0, "committed")
    assert "make the folder writable" in done.err
    monkeypatch.setenv("KOMET_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("KOMET_SMTP_PORT", "1")
    monkeypatch.setenv("KOMET_SMTP_SECURITY", "none")
    monkeypatch.setenv("KOMET_MAIL_FROM", "komet@sunrise.example")
    write("two.csv", csv_of(NEW | {"Phone": "1"}))
    done = command("import", "two.csv", "--json")
    assert (done.code, done.err) == (0, "")
    newest = command("outbox", "--json").json[0]
    assert (newest["state"], newest["attempts"], is_utc(newest["next_try_at"])) == ("waiting", 1, True)
    assert "cannot be reached" in newest["last_error"]
    sent = command("outbox", "send")
    assert (sent.code, sent.out) == (
        0,
        "0 sent, 2 waiting.\n2 were not sent: The mail server 127.0.0.1:1 cannot be reached: Connection refused."
        " Ask your administrator to check its name and port.\n",
    )
