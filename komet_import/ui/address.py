"""What stands in the address of a screen: anybody may have written it."""

from __future__ import annotations

from komet_import.errors import NotFound

_LONGEST = 18  # digits: what the database takes for a number


def id_from(given: str, code: str) -> int:
    """Raises NotFound, with this code, for what is no ID."""
    if not (given.isascii() and given.isdigit() and len(given) <= _LONGEST):
        raise NotFound(code, id=given[:20])
    return int(given)
