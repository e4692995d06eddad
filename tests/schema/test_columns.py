"""The declaration is the column table, to the letter."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from komet_import.schema.column import Column, KindName
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import KINDS, choices
from komet_import.schema.problems import Problem
from tests.schema.companies import SEVERAL

TABLE = list(
    csv.DictReader((Path(__file__).parent / "customers-columns.csv").read_text(encoding="utf-8").splitlines())
)


def _line(column: Column) -> dict[str, str]:
    limit = column.decimals or (column.max_length,)
    return {
        "order": str(column.order),
        "header": column.header,
        "key": column.key,
        "colour": column.colour.value,
        "kind": column.kind.value,
        "max_length": ",".join("" if part is None else str(part) for part in limit),
        "format": column.format,
        "example": column.example,
        "rule": column.rule,
    }


def test_the_declaration_equals_the_column_table() -> None:
    expected = [{name: text for name, text in line.items() if name != "basis"} for line in TABLE]
    assert [_line(column) for column in CUSTOMERS.columns] == expected


@pytest.mark.parametrize("column", CUSTOMERS.columns, ids=lambda column: column.key)
def test_every_example_is_what_the_template_writes_and_within_its_limit(column: Column) -> None:
    kind = KINDS[column.kind]
    value = kind.parse(column.example, column, SEVERAL)
    assert not isinstance(value, Problem)
    assert kind.render(value) == column.example
    assert column.max_length is None or len(column.example) <= column.max_length


@pytest.mark.parametrize(
    ("key", "low", "high"),
    [
        ("credit_limit", Decimal(0), None),
        ("finance_charge", Decimal(0), Decimal(100)),
        ("price_b_markup", Decimal(0), Decimal(1000)),
        ("sell_fast_markup", Decimal(0), Decimal(1000)),
    ],
)
def test_the_bounds_of_decimals_are_those_of_their_format(
    key: str, low: Decimal, high: Decimal | None
) -> None:
    column = CUSTOMERS.column(key)
    assert (column.minimum, column.maximum) == (low, high)


def test_rules_speak_of_declared_columns_only() -> None:
    for rule in CUSTOMERS.rules:
        assert {rule.column, *rule.reads} <= set(CUSTOMERS.by_key)


def test_every_choice_column_has_fixed_values_or_takes_the_companys() -> None:
    for column in CUSTOMERS.columns:
        if column.kind is KindName.CHOICE:
            assert column.is_company_list != bool(column.choices)
            assert choices(column, SEVERAL)


def test_the_columns_that_records_store_are_all_but_the_id() -> None:
    assert [column.key for column in CUSTOMERS.value_columns] == [line["key"] for line in TABLE[1:]]
