"""Bulk work: what the files with a hundred thousand rows need and the others do not notice."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import TypeVar

CHUNK = 5000
_SAMPLE = 500
Item = TypeVar("Item")
Cell = TypeVar("Cell", bound=Hashable)


def chunks(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Lists of up to CHUNK."""
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def held_once(cells: Sequence[Cell], known: dict[Cell, Cell]) -> list[Cell]:
    """The same cells of a column, equal ones held once where they repeat, as in most columns; `known` are those so far."""
    sample = cells[:_SAMPLE]
    if 2 * len(set(sample)) > len(sample):
        return list(cells)
    return list(map(known.setdefault, cells, cells))


@contextmanager
def collector_paused() -> Iterator[None]:
    """A million small objects and no cycles: without this, the collector goes through them all, many times.

    It takes a third of the time off. The collector is the whole process's, so this is for seconds of work at most.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def leave_to_stay() -> None:
    """What is loaded now stays as long as the process: the collector need not look at it again.

    Streamlit has all of it gone through after every run, which takes longer than most runs of ours.
    """
    gc.collect()
    gc.freeze()


def give_memory_back() -> None:
    """To the system: the C library, where it is GNU's, and Arrow keep what was freed for themselves otherwise."""
    if pyarrow := sys.modules.get("pyarrow"):
        pyarrow.default_memory_pool().release_unused()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):
        trim(0)
