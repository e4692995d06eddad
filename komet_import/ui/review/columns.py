"""Which columns the grid shows: in Problems and Updated those that are spoken of, beside the ones that tell who it is."""

from __future__ import annotations

from collections.abc import Iterable

from komet_import.review.draft import Draft
from komet_import.review.plan import Action
from komet_import.schema.column import Column
from komet_import.ui.review.view import Filter, View


def is_narrow(view: View) -> bool:
    """Whether the rows are looked at for some of their columns."""
    return view["filter"] in (Filter.PROBLEMS, Filter.UPDATED)


def shown_columns(view: View, draft: Draft) -> list[Column]:
    """Code and name first, then the chosen problem's column, then the others in their order."""
    there = _there(draft)
    shown = {column.key for column in there}
    if is_narrow(view) and not view["all_columns"]:
        # Once shown, a column stays until other rows are looked for: the user may stand in it.
        view["columns"] += sorted(_spoken_of(view, draft).difference(view["columns"]))
        shown = {*view["columns"], *who(draft, there)}
    first = [*who(draft, there), *(view["kind"] or ())[:1]]
    columns = [column for column in there if column.key in shown]
    return sorted(columns, key=lambda column: first.index(column.key) if column.key in first else len(first))


def _there(draft: Draft) -> list[Column]:
    """The file's, and those it lacks that an issue names: a new customer without a name must get one somewhere."""
    there = {kind.key for kind in draft.problem_kinds}.union(draft.columns)
    return [column for column in draft.declaration.columns if column.key in there]


def who(draft: Draft, columns: Iterable[Column]) -> list[str]:
    """The keys of those by which people know a row's record; its ID where there are no codes."""
    declaration, keys = draft.declaration, {column.key for column in columns}
    key = declaration.code_key if declaration.code_key in keys else declaration.id_key
    return [one for one in (key, declaration.name_key) if one is not None and one in keys]


def _spoken_of(view: View, draft: Draft) -> set[str]:
    if view["filter"] == Filter.UPDATED:
        return {*draft.changes, *draft.problem_columns(Action.UPDATE)}
    return draft.problem_columns(*Action)
