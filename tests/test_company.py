"""What administrators may do, and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

import komet_import
from komet_import import company, customers, history
from komet_import.desk import Desk
from komet_import.errors import BadArguments
from tests.commands import Command
from tests.stories import NEW, at_desk, csv_of, imported, stored

ROOT = Path(__file__).parents[1]


def test_a_rename_reaches_the_stored_customers(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Terms": "Net 30"}))
    assert company.rename_value(desk, "terms", "Net 30", "30 days net") == ("30 days net", 1)
    assert stored(desk)["ABC"]["terms"] == "30 days net"


def test_a_rename_stands_in_the_history_with_each_customer(
    desk: Desk, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KOMET_DATA_DIR", str(desk.settings.data_dir))
    codes = ["A", "B", "C"]
    imported(desk, csv_of(*(NEW | {"Customer Code": code, "Terms": "Net 30"} for code in codes)))
    company.rename_value(desk, "terms", "Net 30", "Net 31")
    entry = command("history", "--json").json[0]
    assert (entry["import_id"], entry["kind"], entry["state"], entry["file"]) == (
        2,
        "rename",
        "committed",
        None,
    )
    assert (entry["title"], entry["by"], entry["rows"]) == ("Net 30 renamed to Net 31", "admin@localhost", 3)
    assert entry["counts"] == {"inserted": 0, "updated": 3, "unchanged": 0, "rejected": 0}
    shown = command("show", "2", "--json").json
    assert shown["issues"] == []
    assert shown["mail"] is None
    changes = [(c["row"], c["action"], c["column"], c["old"], c["new"]) for c in shown["changes"]]
    assert changes == [(None, "update", "Terms", "Net 30", "Net 31")] * 3
    assert "Net 30 renamed to Net 31" in command("history").out
    assert "Net 30 renamed to Net 31, by admin@localhost" in command("show", "2").out
    (newest, _first) = customers.audit(desk, 1, 10)
    assert (newest.title, newest.by) == ("Net 30 renamed to Net 31", "Administrator")


def test_a_rename_that_reaches_nobody_leaves_the_history_alone(desk: Desk) -> None:
    assert company.rename_value(desk, "terms", "Net 30", "Net 31") == ("Net 31", 0)
    assert not history.has_any(desk)


def test_nothing_that_an_administrator_does_changes_a_customer_without_a_line_of_audit(desk: Desk) -> None:
    """Each write raises a customer's version, and each is told by an entry of the history."""
    imported(desk, csv_of(NEW | {"Terms": "Net 30", "Salesperson": "Joe Kern"}))
    document = {**company.document(desk), "locations": [], "multi_location": False}
    everything: list[Callable[[], object]] = [
        partial(company.describe, desk, "Mine", "UTC"),
        partial(company.switch_locations, desk, several=False),
        partial(company.rename_location, desk, "MIA", "Mine"),
        partial(company.set_location_active, desk, "MIA", active=False),
        partial(company.add_value, desk, "terms", "Net 90"),
        partial(company.rename_value, desk, "terms", "Net 30", "Net 31"),
        partial(company.rename_value, desk, "salesperson", "Joe Kern", "JOE KERN"),
        partial(company.set_value_active, desk, "terms", "Net 31", active=False),
        partial(company.load, desk, "c.json", document),
    ]
    for change in everything:
        change()
        (customer,) = stored(desk).values()
        assert customer["version"] == len(customers.audit(desk, 1, 100))
    assert customer["version"] == 3


@pytest.mark.parametrize("named", ["Sunrise Blooms, Miami", "SUNRISE blooms, miami"])
def test_a_name_that_the_settings_look_for_stays(tmp_path: Path, named: str) -> None:
    """Otherwise the app would not find its company any more."""
    with at_desk(tmp_path, company=named) as desk:
        with pytest.raises(BadArguments, match="KOMET_COMPANY"):
            company.describe(desk, "Sunset Blooms", "UTC")
        company.describe(desk, "Sunrise  BLOOMS, Miami", "UTC")
    with at_desk(tmp_path, company=named) as desk:
        assert (desk.company.name, desk.company.time_zone) == ("Sunrise BLOOMS, Miami", "UTC")


def test_the_installation_says_what_runs_and_where_without_a_password(desk: Desk) -> None:
    found = company.installation(desk)
    assert (found.database, found.place) == ("SQLite", str(desk.settings.data_dir / "komet.sqlite3"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert found.version == komet_import.__version__
    assert f"\n## {found.version}\n" in changelog
