"""The drafts that the screens keep open from run to run, so that a click need not read and judge a file again.

A draft takes more than a megabyte for a thousand rows: how many rows are kept, and for how long, has a bound.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from komet_import import drafts
from komet_import.bulk import give_memory_back
from komet_import.desk import Desk
from komet_import.drafts import OpenDraft

MOST_ROWS = 400_000
KEPT_SECONDS = 600.0  # unused
LEFT_SECONDS = 30.0  # unused, and in no tab any more: a page that is loaded anew finds its draft at once

_Key = tuple[int, str]  # of the company and the draft


@dataclass
class _Kept:
    """`hands` are the runs and callbacks that have the draft or wait for it: one at a time, behind the lock."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    draft: OpenDraft | None = None
    hands: int = 0
    used_at: float = 0.0

    @property
    def rows(self) -> int:
        return len(self.draft.draft.numbers) if self.draft else 0


class OpenDrafts:
    """Those of one process, for all of its threads. None is let go of while somebody has it in hand."""

    def __init__(self, most_rows: int = MOST_ROWS, clock: Callable[[], float] = time.monotonic) -> None:
        self._most_rows = most_rows
        self._clock = clock
        self._kept: dict[_Key, _Kept] = {}
        self._tabs: Counter[_Key] = Counter()
        self._changed = threading.Lock()

    @contextmanager
    def in_hand(self, desk: Desk, draft_id: str) -> Iterator[OpenDraft]:
        """The draft, open and up to date, for this run or callback alone. Raises NotFound."""
        with self._held(desk, draft_id) as kept:
            if kept.draft is None:
                kept.draft = drafts.open_draft(desk, draft_id)
                self._settle()
            else:
                kept.draft = drafts.up_to_date(desk, kept.draft)
            yield kept.draft

    def has(self, desk: Desk, draft_id: str) -> bool:
        """Whether it need not be opened first."""
        with self._changed:
            kept = self._kept.get((desk.company.company_id, draft_id))
            return kept is not None and kept.draft is not None

    def keep(self, desk: Desk, opened: OpenDraft) -> None:
        """The next runs go on with this one."""
        with self._held(desk, opened.stored.draft_id) as kept:
            kept.draft = opened
            self._settle()

    def forget(self, desk: Desk, draft_id: str) -> None:
        """It came to its end."""
        with self._held(desk, draft_id) as kept:
            kept.draft = None

    def arrive(self, company_id: int, draft_id: str) -> None:
        """A tab shows the draft from now on."""
        with self._changed:
            self._tabs[company_id, draft_id] += 1

    def leave(self, company_id: int, draft_id: str) -> None:
        """A tab that showed the draft was closed."""
        key = company_id, draft_id
        with self._changed:
            self._tabs[key] -= 1
            if not self._tabs[key]:
                del self._tabs[key]
                if key in self._kept:
                    self._kept[key].used_at = self._clock()

    def sweep(self) -> None:
        """Lets go of what was unused for too long, and of the longest unused while there are too many rows."""
        if self._let_go():
            give_memory_back()

    def _settle(self) -> None:
        """Opening a draft takes three times as much memory as the open draft does."""
        self._let_go()
        give_memory_back()

    def _let_go(self) -> bool:
        """Whether there was anything. The memory is free when this returns, and not before: others need not wait."""
        gone = []
        with self._changed:
            rows = sum(kept.rows for kept in self._kept.values())
            for key, kept in sorted(self._kept.items(), key=lambda item: item[1].used_at):
                if not kept.hands and (self._is_stale(key, kept) or rows > self._most_rows):
                    rows -= kept.rows
                    gone.append(self._kept.pop(key))
        return bool(gone)

    def _is_stale(self, key: _Key, kept: _Kept) -> bool:
        return self._clock() - kept.used_at >= (KEPT_SECONDS if key in self._tabs else LEFT_SECONDS)

    @contextmanager
    def _held(self, desk: Desk, draft_id: str) -> Iterator[_Kept]:
        with self._changed:
            kept = self._kept.setdefault((desk.company.company_id, draft_id), _Kept())
            kept.hands += 1
        try:
            with kept.lock:
                yield kept
        finally:
            with self._changed:
                kept.hands -= 1
                kept.used_at = self._clock()
