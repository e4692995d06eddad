"""What people read, in their language: each sentence is marked where it stands, and looked up by the English it is written in.

English is the only one so far, so there is no catalogue yet; `babel.cfg` says how the first one's template is made.
"""

from __future__ import annotations

import gettext

catalogue = gettext.NullTranslations()


def _(sentence: str) -> str:
    """The sentence in the reader's language, its `{names}` still to be filled in."""
    return catalogue.gettext(sentence)


def ngettext(one: str, many: str, count: int) -> str:
    """The one that fits the count, its `{names}` still to be filled in."""
    return catalogue.ngettext(one, many, count)


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for it
    """Marks what `_` looks up later, when it is said."""
    return sentence
