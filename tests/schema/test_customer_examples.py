"""The example customers are valid wherever they are made for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from komet_import.schema.company import Company, Location
from komet_import.schema.customer_examples import example_records
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import KINDS
from komet_import.schema.problems import Problem
from tests.schema.companies import SEVERAL, SINGLE

LONG_CODES = replace(SEVERAL, locations=tuple(Location(f"LOCATION{n:02}", "") for n in range(5)))
COMPANIES = {
    "several": SEVERAL,
    "single": SINGLE,
    "long codes": LONG_CODES,
    "no lists": replace(SEVERAL, lists={}),
}


@pytest.fixture(params=list(COMPANIES.values()), ids=list(COMPANIES))
def company(request: pytest.FixtureRequest) -> Company:
    found: Company = request.param
    return found


@pytest.fixture
def records(company: Company) -> list[dict[str, str]]:
    keys = [column.key for column in CUSTOMERS.columns]
    return [dict(zip(keys, texts, strict=True)) for texts in example_records(CUSTOMERS, company)]


def test_every_cell_is_right_and_written_as_the_template_writes_it(
    company: Company, records: list[dict[str, str]]
) -> None:
    for record in records:
        for key, text in record.items():
            column = CUSTOMERS.column(key)
            if text:
                value = KINDS[column.kind].parse(text, column, company)
                assert not isinstance(value, Problem)
                assert KINDS[column.kind].render(value) == text
                assert column.max_length is None or len(text) <= column.max_length


def test_no_rule_across_columns_objects(company: Company, records: list[dict[str, str]]) -> None:
    for record in records:
        for rule in CUSTOMERS.rules:
            asked = company.multi_location or not rule.multi_location_only
            if asked and not (rule.when_blank and record[rule.column]):
                assert rule.judge(*(record[key] for key in rule.reads)) is None


def test_they_are_a_dozen_new_customers_with_all_that_is_required(
    company: Company, records: list[dict[str, str]]
) -> None:
    assert len(records) == 12
    assert {record["customer_id"] for record in records} == {""}
    assert len({record["code"].casefold() for record in records}) == 12
    assert len({record["name"].casefold() for record in records}) == 12
    for record in records:
        assert bool(record["location_codes"]) is bool(record["main_location"]) is company.multi_location


def test_they_show_leading_zeros_and_other_countries() -> None:
    texts = [text for record in example_records(CUSTOMERS, SEVERAL) for text in record]
    assert {"02114", "Canada", "Colombia", "MIA:LAX"} <= set(texts)
