"""What sentences are made of: a stranger's text cut to a length, many of them cut to a number, rows counted."""

from __future__ import annotations

from collections.abc import Sequence

from komet_import.language import _, ngettext


def clipped(text: str, longest: int) -> str:
    """At most so many characters, the last an ellipsis where some are left out."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def listed(words: Sequence[str], most: int | None = None, total: int | None = None) -> str:
    """`a`, `a and b`, `a, b and c`; of more than `most` the first ones and how many more: `a, b and 9 more`.

    With `total` the words are the first ones of so many.
    """
    named = words[:most]
    if more := max(total or 0, len(words)) - len(named):
        words = [*named, _("{count:,} more").format(count=more)]
    *first, last = words or ("",)
    return _("{words} and {last}").format(words=", ".join(first), last=last) if first else last


def counted_rows(count: int) -> str:
    """`1 row`, `1,946 rows`: a phrase for a sentence."""
    return ngettext("{count:,} row", "{count:,} rows", count).format(count=count)
