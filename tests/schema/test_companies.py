"""What a company says of itself."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.schema.companies import SEVERAL


def test_a_moment_is_shown_by_the_companys_clocks() -> None:
    moments = (datetime(2026, 1, 1, 4, 59, tzinfo=UTC), datetime(2026, 7, 1, 4, tzinfo=UTC))
    assert [SEVERAL.local(moment).isoformat() for moment in moments] == [
        "2025-12-31T23:59:00-05:00",
        "2026-07-01T00:00:00-04:00",
    ]


def test_what_can_be_given_are_the_active_locations() -> None:
    assert SEVERAL.active_locations == ("MIA", "LAX", "bog")
