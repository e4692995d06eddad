"""What the README and docs/ say is so: commands, tables, the map, what CI runs, and the files that are named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

import komet_import
from komet_import.cli.commands import main
from komet_import.schema.column import Column
from komet_import.schema.customers import CUSTOMERS
from komet_import.settings import from_environment

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def section(text: str, title: str) -> str:
    """The text under a heading, up to the next one."""
    return text.split(f"\n## {title}\n")[1].split("\n## ")[0]


def table(title: str) -> list[list[str]]:
    """The cells of a section's table in the reference, without its head."""
    lines = [line for line in section(REFERENCE, title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def command(title: str) -> str:
    """The one command of a section."""
    (found,) = re.findall(r"```sh\n(.+)\n```", section(README, title))
    return str(found)


def test_the_test_command_is_the_one_that_ci_calls() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-1] == command("Test")


def test_the_start_command_ends_in_streamlit_and_installs_what_the_app_needs() -> None:
    assert command("Start").endswith("streamlit run app.py")
    assert " -r requirements.lock " in command("Start")


def _described(column: Column) -> list[str]:
    digits = "{} digits, {} decimals".format(*column.decimals) if column.decimals else None
    limit = digits or str(column.max_length or "")
    facts = (column.header, column.colour.value, column.kind.value, limit, column.format, column.rule)
    return [*facts, column.example]


def test_the_column_table_is_the_declaration() -> None:
    assert table("Columns") == [_described(column) for column in CUSTOMERS.columns]


def _names(group: click.Group, before: tuple[str, ...] = ()) -> Iterator[str]:
    for name, found in group.commands.items():
        if not isinstance(found, click.Group) or found.invoke_without_command:
            yield " ".join((*before, name))
        if isinstance(found, click.Group):
            yield from _names(found, (*before, name))


def test_the_command_table_holds_the_commands_that_there_are() -> None:
    told = [re.match("`([a-z ]+[a-z])", row[0]) for row in table("Command line")]
    assert sorted(found[1] for found in told if found) == sorted(_names(main))


@pytest.mark.parametrize("row", table("Command line"), ids=lambda row: str(row[0]))
def test_the_options_of_each_command_are_all_told(row: list[str]) -> None:
    words = re.match("`([a-z ]+[a-z])", row[0])
    assert words is not None
    found: click.Command = main
    for word in words[1].split():
        assert isinstance(found, click.Group)
        found = found.commands[word]
    options = {name for parameter in found.params for name in parameter.opts if name.startswith("--")}
    assert set(re.findall("--[a-z-]+", row[0])) == options


class Recorder(Mapping[str, str]):
    """An environment that remembers which variables were asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given, self.asked = given, set[str]()

    def __getitem__(self, name: str) -> str:
        self.asked.add(name)
        return self.given[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


def test_the_settings_table_holds_the_variables_that_are_read() -> None:
    environment = Recorder({"KOMET_SMTP_HOST": "mail.example", "KOMET_MAIL_FROM": "komet@mail.example"})
    from_environment(environment)
    assert {row[0].strip("`") for row in table("Settings")} == environment.asked


def test_the_number_defaults_of_the_settings_table_are_real() -> None:
    settings = from_environment({})
    limits = settings.limits
    told = {row[0].strip("`"): row[2] for row in table("Settings")}
    assert told["KOMET_MAX_UPLOAD_MB"] == str(limits.upload_mb)
    assert told["KOMET_MAX_ROWS"] == str(limits.rows)
    assert told["KOMET_PARSER_MEMORY_MB"] == str(limits.memory_mb)
    assert told["KOMET_PARSER_SECONDS"] == str(limits.seconds)
    assert told["KOMET_KEEP_DAYS"] == str(settings.keep_days)


def test_every_room_of_the_package_is_on_the_map() -> None:
    rooms = {
        path.stem
        for path in (ROOT / "komet_import").iterdir()
        if (path.suffix == ".py" or path.is_dir()) and path.stem not in ("__init__", "__pycache__")
    }
    assert komet_import.__doc__ is not None
    map_ = [line for line in komet_import.__doc__.splitlines() if line.startswith("    ")]
    told = {name for line in map_ for name in re.findall(r"\w+", re.split(r"\s{2,}", line.strip())[0])}
    assert told - {"app", "py", "pages"} == rooms


def test_the_map_has_the_order_that_the_contracts_hold() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = [set(re.findall(r"\w+", layer)) for layer in contracts[0]["layers"]]
    assert komet_import.__doc__ is not None
    map_ = [line for line in komet_import.__doc__.splitlines() if line.startswith("    ")][1:]
    told = [set(re.findall(r"\w+", re.split(r"\s{2,}", line.strip())[0])) for line in map_]
    assert told == layers


def test_the_readme_is_short_enough_to_be_read() -> None:
    assert len(README.split()) < 900


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "docs/design.md", "docs/reference.md"])
def test_every_file_that_is_named_or_linked_is_there(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    linked = [ROOT / name / ".." / link for link in re.findall(r"\]\((?!https?:|#)([^)]+)\)", text)]
    named = [ROOT / path for path in re.findall(r"`((?:komet_import|tests|docs)/[\w./-]+)`", text)]
    assert [str(path) for path in (*linked, *named) if not path.resolve().exists()] == []
