"""A second language, for tests of what is translated."""

from __future__ import annotations

from gettext import NullTranslations


class Bracketed(NullTranslations):
    """Each sentence is the English one in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(super().ngettext(msgid1, msgid2, n))
