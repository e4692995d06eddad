"""The command line to the letter of the contract: most of it in this process, the outermost edge as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from pathlib import Path

import openpyxl
import pytest

from komet_import import drafts
from komet_import.schema.company import Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import companies
from tests.commands import ROOT, Command, is_utc, process, write
from tests.stories import NEW, Document, at_desk, csv_of, rows_of, xlsx_of

BAD = NEW | {"Customer Code": "DEF", "Customer Name": "", "Phone": "305"}


# Documents.


def test_check_prints_its_document(command: Command) -> None:
    write("two.csv", csv_of(NEW | {"Their column": "x"}, BAD | {"Terms": "Net 3O"}))
    done = command("check", "two.csv", "--json")
    assert (done.code, done.err) == (1, "")
    document = done.json
    assert document == {
        "file": "two.csv",
        "sheet": None,
        "rows": 2,
        "counts": {"new": 1, "update": 0, "unchanged": 0, "rejected": 1},
        "plan": document["plan"],
        "unknown_columns": ["Their column"],
        "missing_columns": [
            column.header for column in CUSTOMERS.columns if column.header not in (*NEW, "Phone", "Terms")
        ],
        "wrong_columns": [],
        "issues": [
            {
                "row": 3,
                "column": "Customer Name",
                "code": "required",
                "severity": "error",
                "value": "",
                "message": "Required, and it is empty.",
                "suggestion": None,
            },
            {
                "row": 3,
                "column": "Terms",
                "code": "not_in_list",
                "severity": "error",
                "value": "Net 3O",
                "message": "“Net 3O” is not in the list. Did you mean Net 30?",
                "suggestion": "Net 30",
            },
        ],
    }
    assert len(document["plan"]) == 64
    assert command("history", "--json").json == []
    assert command("customers", "--json").json == []
    assert command("outbox", "--json").json == []


def test_import_prints_what_check_said_and_what_became_of_it(command: Command) -> None:
    write("two.xlsx", xlsx_of(NEW, BAD))
    checked = command("check", "two.xlsx", "--json").json
    done = command("import", "two.xlsx", "--json")
    assert (done.code, done.err) == (1, "")
    assert done.json == checked | {
        "counts": {"inserted": 1, "updated": 0, "unchanged": 0, "rejected": 1},
        "import_id": 1,
        "state": "committed",
    }
    assert checked["sheet"] == "Sheet"


def test_history_and_show_print_the_audit(command: Command) -> None:
    write("one.csv", csv_of(NEW | {"Phone": "305"}))
    write("two.csv", csv_of(NEW | {"Phone": "306"}, BAD))
    assert command("import", "one.csv").code == 0
    assert command("import", "two.csv").code == 1
    lines = command("history", "--json").json
    assert [line["import_id"] for line in lines] == [2, 1]
    assert command("history", "--json", "--limit", "1").json == lines[:1]
    first = lines[0]
    assert is_utc(first["started_at"])
    assert is_utc(first["finished_at"])
    assert first["started_at"] <= first["finished_at"]
    assert first == {
        "import_id": 2,
        "kind": "import",
        "state": "committed",
        "file": "two.csv",
        "by": "admin@localhost",
        "started_at": first["started_at"],
        "finished_at": first["finished_at"],
        "rows": 2,
        "counts": {"inserted": 0, "updated": 1, "unchanged": 0, "rejected": 1},
    }
    shown = command("show", "2", "--json").json
    assert shown == first | {
        "issues": command("check", "two.csv", "--json").json["issues"],
        "issue_counts": [{"column": "Customer Name", "code": "required", "count": 1}],
        "changes": [
            {"row": 2, "record_id": 1, "action": "update", "column": "Phone", "old": "305", "new": "306"}
        ],
        "mail": {"state": "waiting", "to": ["admin@localhost"]},
    }
    assert command("show", "1", "--json").json["changes"] == [
        {"row": 2, "record_id": 1, "action": "insert", "column": None, "old": None, "new": None}
    ]


def test_customers_are_printed_as_the_template_writes_them(command: Command) -> None:
    rows = [
        NEW | {"Credit Limit": "1,000", "Active": "n", "Billing City": "Bogotá"},
        NEW | {"Customer Code": "DEF", "Customer Name": "Café 100%"},
    ]
    write("two.csv", csv_of(*rows))
    command("import", "two.csv")
    first, second = command("customers", "--json").json
    assert list(first) == [
        "record_id",
        "customer_id",
        "version",
        "updated_at",
        *(c.key for c in CUSTOMERS.value_columns),
    ]
    assert (first["record_id"], first["customer_id"], first["version"], is_utc(first["updated_at"])) == (
        1,
        1,
        1,
        True,
    )
    assert (first["code"], first["credit_limit"], first["active"]) == ("ABC", "1000.00", "No")
    assert (second["active"], second["credit_limit"], second["location_codes"]) == ("Yes", None, "MIA:LAX")
    for search, codes in (
        ("café", ["DEF"]),
        ("100%", ["DEF"]),
        ("BOGOTÁ", ["ABC"]),
        ("_", []),
        ("", ["ABC", "DEF"]),
    ):
        assert [c["code"] for c in command("customers", "--json", "--search", search).json] == codes
    assert [c["code"] for c in command("customers", "--json", "--limit", "1").json] == ["ABC"]


def test_the_company_is_shown_changed_and_loaded(command: Command) -> None:
    company: Document = command("company", "show", "--json").json
    assert list(company) == ["name", "multi_location", "time_zone", "locations", "lists"]
    assert company["locations"][0] == {"code": "MIA", "name": "Miami", "active": True}
    assert list(company["lists"]) == [c.key for c in CUSTOMERS.columns if c.format == "company list"]
    write("company.json", json.dumps(company).encode())
    assert command("company", "load", "company.json").code == 0
    assert command("company", "show", "--json").json == company

    changed = company | {
        "name": "Andes Roses",
        "locations": company["locations"][:2],
        "multi_location": False,
    }
    changed["lists"] = company["lists"] | {"terms": ["Net 90"]}
    write("company.json", json.dumps(changed).encode())
    assert command("company", "load", "company.json").code == 0
    gone = company["locations"][2] | {"active": False}
    shown = command("company", "show", "--json").json
    assert shown | {"locations": None} == changed | {"locations": None}
    assert sorted(shown["locations"], key=lambda place: not place["active"]) == [*changed["locations"], gone]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"name": "X"}', b"[" * 100_000, b"\xff\xfe\x00", b'{"name": NaN}'],
)
def test_a_file_that_describes_no_company_changes_nothing(command: Command, content: bytes) -> None:
    before = command("company", "show", "--json").json
    write("company.json", content)
    done = command("company", "load", "company.json")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("company.json does not describe a company: ")
    assert done.err.count("\n") == 1
    assert command("company", "show", "--json").json == before


def test_the_outbox_is_listed(command: Command, tmp_path: Path) -> None:
    write("one.csv", csv_of(NEW))
    command("import", "one.csv")
    (mail,) = command("outbox", "--json").json
    assert mail == {
        "mail_id": 1,
        "import_id": 1,
        "to": ["admin@localhost"],
        "subject": mail["subject"],
        "state": "waiting",
        "attempts": 0,
        "next_try_at": None,
        "last_error": None,
    }
    assert mail["subject"].endswith("one.csv")
    (kept,) = (tmp_path / "data" / "outbox").iterdir()
    assert message_from_bytes(kept.read_bytes())["To"] == "admin@localhost"
    done = command("outbox", "send")
    assert (done.code, done.err) == (0, "")
    assert "1 waiting as .eml files in" in done.out


def test_an_analyst_sees_nothing_of_anothers_import(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("two.csv", csv_of(NEW, BAD))
    command("import", "two.csv")
    with at_desk(tmp_path / "data") as desk, desk.database.writing() as connection:
        companies.add_person(connection, desk.company.company_id, "joe@x.example", "Joe", Role.ANALYST)
    company = command("company", "show", "--json").json
    write("company.json", json.dumps(company | {"name": "Joe's"}).encode())
    monkeypatch.setenv("KOMET_PERSON", "joe@x.example")
    assert (command("history", "--json").json, command("outbox", "--json").json) == ([], [])
    shown = command("show", "1", "--json")
    assert (shown.code, shown.json["error"]["code"]) == (2, "unknown_import")
    refused = command("company", "load", "company.json")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("Settings are for administrators.")
    assert command("company", "show", "--json").json == company
    assert command("customers", "--json").json[0]["code"] == "ABC"


def test_a_long_import_is_shown_whole(command: Command) -> None:
    """Its lists are written while they are read: as one document, and in columns that fit the first rows."""
    write("many.csv", csv_of(*rows_of(1_200), *(BAD | {"Customer Code": f"B{n}"} for n in range(1_200))))
    command("import", "many.csv")
    document = command("show", "1", "--json").json
    assert (len(document["changes"]), len(document["issues"])) == (1_200, 1_200)
    assert [change["row"] for change in document["changes"]] == list(range(2, 1_202))
    lines = command("show", "1").out.splitlines()
    assert sum("Required, and it is empty." in line for line in lines) == 1_200
    new = [line for line in lines if line.endswith("New")]
    assert (len(new), {line.index("New") for line in new}) == (1_200, {len("1001  customer  ")})


# Options.


def test_their_headers_are_mapped_to_ours(command: Command) -> None:
    write("theirs.csv", b"A=B,Name,Where,Main\nX1,Rosa,MIA,MIA\n")
    pairs = ("A=B=Customer Code", "name=Customer Name", "Where = location codes", "Main=Main Location")
    mapped = [argument for pair in pairs for argument in ("--map", pair)]
    checked = command("check", "theirs.csv", "--json", *mapped).json
    assert (checked["counts"]["new"], checked["unknown_columns"]) == (1, [])
    done = command("import", "theirs.csv", "--json", *mapped).json
    assert (done["counts"]["inserted"], done["plan"]) == (1, checked["plan"])


def test_blank_cells_clear_only_when_asked_to(command: Command) -> None:
    write("one.csv", csv_of(NEW | {"Phone": "305"}))
    command("import", "one.csv")
    write("blank.csv", csv_of({"Customer Code": "ABC", "Phone": ""}))
    keep = command("import", "blank.csv", "--json").json
    assert keep["counts"] == {"inserted": 0, "updated": 0, "unchanged": 1, "rejected": 0}
    clear = command("import", "blank.csv", "--json", "--blank-cells", "clear", "--again").json
    assert clear["counts"] == {"inserted": 0, "updated": 1, "unchanged": 0, "rejected": 0}
    assert command("customers", "--json").json[0]["phone"] is None


def test_all_or_nothing_imports_nothing_while_a_row_has_errors(command: Command) -> None:
    write("two.csv", csv_of(NEW, BAD))
    done = command("import", "two.csv", "--json", "--all-or-nothing")
    assert (done.code, done.json["state"]) == (1, "rejected")
    assert done.json["counts"] == {"inserted": 0, "updated": 0, "unchanged": 0, "rejected": 2}
    assert done.json["rows"] == 2
    assert command("customers", "--json").json == []
    (line,) = command("history", "--json").json
    assert (line["state"], line["rows"], line["counts"]) == ("rejected", 2, done.json["counts"])
    assert "Nothing was imported" in command("import", "two.csv", "--all-or-nothing").out
    write("good.csv", csv_of(NEW))
    assert command("import", "good.csv", "--all-or-nothing").code == 0


def test_the_same_bytes_need_again_whatever_their_name(command: Command) -> None:
    write("one.csv", csv_of(NEW))
    write("copy.csv", csv_of(NEW))
    assert command("import", "one.csv").code == 0
    refused = command("import", "copy.csv", "--json")
    assert (refused.code, refused.json["error"]["code"]) == (2, "already_imported")
    assert refused.json["error"]["message"] + "\n" == refused.err
    assert "add --again" in refused.err
    assert command("check", "copy.csv").code == 0
    again = command("import", "copy.csv", "--again", "--json")
    assert (again.code, again.json["counts"]["unchanged"]) == (0, 1)
    assert len(command("history", "--json").json) == 2


def test_the_report_is_the_discrepancy_workbook(command: Command) -> None:
    write("two.csv", csv_of(NEW, BAD))
    assert command("check", "two.csv", "--report", "report.xlsx").code == 1
    book = openpyxl.load_workbook("report.xlsx")
    texts = {str(cell.value) for cell in next(iter(book)).iter_cols() for cell in cell}
    assert {"DEF", "Reason"} <= texts
    assert "ABC" not in texts
    write("good.csv", csv_of(NEW))
    assert command("check", "good.csv", "--report", "report.xlsx").code == 0
    assert [name.name for name in Path().glob(".*")] == []


@pytest.mark.parametrize(("kind", "rows"), [("empty", 0), ("existing", 2), ("example", 12)])
def test_each_template_is_written(command: Command, kind: str, rows: int) -> None:
    write("two.csv", csv_of(*rows_of(2)))
    command("import", "two.csv")
    done = command("template", "out.xlsx", "--kind", kind)
    assert (done.code, done.out, done.err) == (0, f"out.xlsx: {rows} rows\n", "")
    checked = command("check", "out.xlsx", "--json")
    if rows:
        assert (checked.code, checked.json["rows"], checked.json["sheet"]) == (0, rows, "Customers")
    else:
        assert checked.json["error"]["code"] == "no_rows"


# For people.


def test_what_people_read(command: Command) -> None:
    write("two.csv", csv_of(NEW | {"Theirs": "x"}, BAD))
    expected = {
        ("check", "two.csv"): ["2 rows: 1 new", "Theirs", "row 3, Customer Name: Required"],
        ("import", "two.csv"): ["Import 1: 2 rows = 1 new", "row 3, Customer Name"],
        ("history",): ["Imported", "two.csv"],
        ("show", "1"): ["Import 1 (Imported)", "E-mail to admin@localhost: waiting", "New"],
        ("customers",): ["ABC Wholesale"],
        ("customers", "--search", "nothing"): ["No customer is stored that fits."],
        ("company", "show"): ["Sunrise Blooms, Miami", "several locations", "Bogotá", "Net 30"],
        ("outbox",): ["waiting", "1 row imported, 1 left out"],
        ("migrate",): ["The database is at this version."],
    }
    for arguments, words in expected.items():
        done = command(*arguments)
        assert done.err == ""
        assert [word for word in words if word not in done.out] == []


def test_a_single_row_is_one(command: Command) -> None:
    write("one.csv", csv_of(NEW))
    assert "\n1 row: 1 new, 0 updated" in command("check", "one.csv").out
    assert "\nImport 1: 1 row = 1 new" in command("import", "one.csv").out


def test_a_hostile_name_or_header_does_not_reach_the_terminal(command: Command) -> None:
    name = os.fsdecode(b"\xff\x1b]0;owned\x07\n.csv")
    write(name, csv_of(NEW | {"\x1b[31mTheirs": "x"}))
    for arguments in (("check", name), ("import", name), ("history",), ("show", "1"), ("import", name)):
        done = command(*arguments)
        assert done.code in (0, 2)
        assert not set("\x1b\x07\udcff") & set(done.out + done.err)
        assert done.err.count("\n") <= 1
    assert command("history", "--json").json[0]["file"].endswith("\x1b]0;owned\x07\n.csv")


# As a process.


def test_a_customers_way_through_processes(tmp_path: Path) -> None:
    template = process(tmp_path, "template", "example.xlsx", "--kind", "example")
    assert (template.code, template.err) == (0, "")
    checked = process(tmp_path, "check", "example.xlsx", "--json")
    done = process(tmp_path, "import", "example.xlsx", "--json")
    assert (checked.code, checked.err, done.code, done.err) == (0, "", 0, "")
    assert done.json["plan"] == checked.json["plan"]
    assert done.json["counts"] == {"inserted": 12, "updated": 0, "unchanged": 0, "rejected": 0}
    process(tmp_path, "template", "existing.xlsx", "--kind", "existing")
    unchanged = process(tmp_path, "check", "existing.xlsx", "--json").json
    assert (unchanged["counts"]["unchanged"], unchanged["issues"]) == (12, [])


def test_a_process_says_in_one_sentence_what_takes_too_much(tmp_path: Path) -> None:
    (tmp_path / "file.csv").write_bytes(csv_of(NEW))
    done = process(tmp_path, "check", "file.csv", "--json", KOMET_PARSER_MEMORY_MB="1")
    assert done.code == 2
    assert done.json == {"error": {"code": "takes_too_much", "message": done.err.rstrip("\n")}}


def test_without_a_command_the_help_is_shown_as_an_error(tmp_path: Path) -> None:
    done = process(tmp_path)
    assert (done.code, done.out) == (2, "")
    for name in (
        "template",
        "check",
        "import",
        "history",
        "show",
        "customers",
        "company",
        "outbox",
        "migrate",
    ):
        assert f"  {name} " in done.err


def test_output_is_readable_for_a_terminal_that_knows_ascii_only(tmp_path: Path) -> None:
    done = process(tmp_path, "company", "show", "--json", PYTHONIOENCODING="ascii")
    assert done.json["locations"][2]["name"] == "Bogotá"
    assert process(tmp_path, "company", "show", PYTHONIOENCODING="ascii").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_an_interrupted_command_says_so(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never.csv")
    started = subprocess.Popen(
        [sys.executable, "-m", "komet_import", "check", "never.csv", "--json"],
        cwd=tmp_path,
        env=os.environ | {"KOMET_DATA_DIR": str(tmp_path / "data"), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with started, (tmp_path / "never.csv").open("wb"):  # opens when the command does
        time.sleep(0.2)
        started.send_signal(signal.SIGINT)
        out, err = started.communicate(timeout=30)
    assert (started.returncode, json.loads(out)["error"]["code"]) == (2, "interrupted")
    assert err.strip() == "Interrupted; what was not reported as done was not done."


def test_of_processes_that_import_one_file_at_once_one_does(tmp_path: Path) -> None:
    (tmp_path / "one.csv").write_bytes(csv_of(*rows_of(3)))
    assert process(tmp_path, "migrate").code == 0
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: process(tmp_path, "import", "one.csv", "--json"), range(3)))
    assert sorted(outcome.code for outcome in done) == [0, 2, 2]
    refused = {outcome.json["error"]["code"] for outcome in done if outcome.code == 2}
    assert refused <= {"already_imported", "plan_moved"}
    assert len(process(tmp_path, "history", "--json").json) == 1
    with at_desk(tmp_path / "data") as desk:
        assert drafts.find(desk).drafts == ()
