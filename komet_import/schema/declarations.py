"""The kinds of import that there are, by the name that drafts and imports are stored with."""

from __future__ import annotations

from collections.abc import Mapping

from komet_import.schema.column import Declaration
from komet_import.schema.customers import CUSTOMERS

DECLARATIONS: Mapping[str, Declaration] = {declaration.kind: declaration for declaration in (CUSTOMERS,)}
