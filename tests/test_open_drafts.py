"""Drafts kept open between the runs of the screens: for a time, up to so many rows, and never taken out of a hand."""

from __future__ import annotations

import gc
import threading
import tracemalloc
import weakref
from collections.abc import Callable

import pytest

from komet_import import drafts
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.open_drafts import KEPT_SECONDS, LEFT_SECONDS, OpenDrafts
from komet_import.review.draft import Draft
from komet_import.schema.customers import CUSTOMERS
from tests.benchmarks.customers import records
from tests.stories import committed, csv_of, edited, rows_of, uploaded

ROWS = 5


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(clock: Clock) -> OpenDrafts:
    return OpenDrafts(most_rows=2 * ROWS, clock=clock)


@pytest.fixture
def draft_ids(desk: Desk) -> list[str]:
    return [uploaded(desk, csv_of(*rows_of(ROWS))).stored.draft_id for _ in range(3)]


def used(kept: OpenDrafts, desk: Desk, draft_id: str) -> Callable[[], Draft | None]:
    """Uses the draft once; tells what is left of it in memory."""
    with kept.in_hand(desk, draft_id) as opened:
        return weakref.ref(opened.draft)


def alive(drafts_in_memory: list[Callable[[], Draft | None]]) -> list[bool]:
    gc.collect()
    return [draft() is not None for draft in drafts_in_memory]


def test_a_draft_is_opened_once_and_shows_what_others_did_to_it(
    kept: OpenDrafts, desk: Desk, draft_ids: list[str]
) -> None:
    first = used(kept, desk, draft_ids[0])
    edited(desk, drafts.open_draft(desk, draft_ids[0]), (2, "phone", "305"))
    with kept.in_hand(desk, draft_ids[0]) as opened:
        assert opened.draft is first()
        assert opened.draft.text(2, "phone") == "305"


def test_a_draft_that_a_tab_shows_goes_ten_minutes_after_its_last_use(
    kept: OpenDrafts, clock: Clock, desk: Desk, draft_ids: list[str]
) -> None:
    kept.arrive(desk.company.company_id, draft_ids[0])
    draft = used(kept, desk, draft_ids[0])
    clock.now += KEPT_SECONDS - 1
    kept.sweep()
    used(kept, desk, draft_ids[0])
    clock.now += KEPT_SECONDS - 1
    kept.sweep()
    assert alive([draft]) == [True]
    clock.now += 1
    kept.sweep()
    assert alive([draft]) == [False]
    draft = used(kept, desk, draft_ids[0])
    clock.now += KEPT_SECONDS - 1
    kept.sweep()
    assert alive([draft]) == [True], "the tab that slept for so long is still there"


def test_a_draft_goes_soon_after_the_last_tab_that_showed_it(
    kept: OpenDrafts, clock: Clock, desk: Desk, draft_ids: list[str]
) -> None:
    for _ in range(2):
        kept.arrive(desk.company.company_id, draft_ids[0])
    draft = used(kept, desk, draft_ids[0])
    clock.now += KEPT_SECONDS / 2
    kept.leave(desk.company.company_id, draft_ids[0])
    clock.now += LEFT_SECONDS
    kept.sweep()
    assert alive([draft]) == [True]
    kept.leave(desk.company.company_id, draft_ids[0])
    clock.now += LEFT_SECONDS - 1
    kept.sweep()
    assert alive([draft]) == [True], "the page may be loaded anew"
    clock.now += 1
    kept.sweep()
    assert alive([draft]) == [False]


def test_beyond_the_most_rows_the_longest_unused_goes(
    kept: OpenDrafts, clock: Clock, desk: Desk, draft_ids: list[str]
) -> None:
    in_memory = []
    for draft_id in draft_ids[:2]:
        clock.now += 1
        in_memory.append(used(kept, desk, draft_id))
    clock.now += 1
    used(kept, desk, draft_ids[0])
    assert alive(in_memory) == [True, True]
    in_memory.append(used(kept, desk, draft_ids[2]))
    assert alive(in_memory) == [True, False, True]


def test_a_draft_in_somebodys_hand_stays_however_long_it_takes(
    kept: OpenDrafts, clock: Clock, desk: Desk, draft_ids: list[str]
) -> None:
    with kept.in_hand(desk, draft_ids[0]) as opened:
        clock.now += 10 * KEPT_SECONDS
        kept.sweep()
        for draft_id in draft_ids[1:]:
            used(kept, desk, draft_id)
        with kept.in_hand(desk, draft_ids[0]) as again:
            assert again is opened
    kept.sweep()
    with kept.in_hand(desk, draft_ids[0]) as again:
        assert again is opened, "its time begins when it is put down"


def test_two_runs_have_a_draft_one_after_the_other_and_the_same(
    kept: OpenDrafts, clock: Clock, desk: Desk, draft_ids: list[str]
) -> None:
    seen: list[object] = []

    def run() -> None:
        with kept.in_hand(desk, draft_ids[0]) as opened:
            seen.append(opened)

    with kept.in_hand(desk, draft_ids[0]) as opened:
        other = threading.Thread(target=run)
        other.start()
        clock.now += KEPT_SECONDS
        kept.sweep()
        other.join(0.2)
        assert seen == []
    other.join()
    assert seen == [opened]


def test_what_was_judged_elsewhere_is_gone_on_with_and_what_ended_is_forgotten(
    kept: OpenDrafts, desk: Desk
) -> None:
    opened = uploaded(desk, csv_of(*rows_of(ROWS)))
    kept.keep(desk, opened)
    with kept.in_hand(desk, opened.stored.draft_id) as again:
        assert again is opened
        committed(desk, opened)
    kept.forget(desk, opened.stored.draft_id)
    draft = weakref.ref(opened.draft)
    del opened, again
    assert alive([draft]) == [False]


def test_an_open_draft_takes_less_than_two_kilobytes_a_row(desk: Desk) -> None:
    count = 3_000
    headers = [column.header for column in CUSTOMERS.columns]
    rows = [dict(zip(headers, texts, strict=True)) for texts in records(0, count)]
    draft_id = uploaded(desk, csv_of(*rows)).stored.draft_id
    tracemalloc.start()
    opened = drafts.open_draft(desk, draft_id)
    gc.collect()
    held, _most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert opened.draft.counts.rows == count
    assert held < count * 2_000


def test_a_draft_that_there_is_not_leaves_nothing(kept: OpenDrafts, clock: Clock, desk: Desk) -> None:
    with pytest.raises(NotFound), kept.in_hand(desk, "nonsense"):
        pass
    assert not kept.has(desk, "nonsense")
    clock.now += LEFT_SECONDS
    kept.sweep()
    assert kept._kept == {}
