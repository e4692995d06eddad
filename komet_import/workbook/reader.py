"""An uploaded file to a table of texts, read in a child process with limits: a hostile file can hurt only that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from komet_import.errors import BadArguments, UnusableFile
from komet_import.review.matching import match
from komet_import.schema.column import Declaration
from komet_import.sentences import clipped
from komet_import.settings import ReaderLimits
from komet_import.workbook.isolation import ChildDied, answer_of, child_reading, own_folder
from komet_import.workbook.request import Request

# pyarrow is imported where it is needed, while the child is at work: a part of a small file's time.
if TYPE_CHECKING:
    import pyarrow as pa

_METADATA = b"komet_import.table"


@dataclass(frozen=True)
class Table:
    """The filled rows below a sheet's header.

    `sheet` is the one read and `sheets` those that could be meant, in the workbook's order: None and () for CSV.
    `header_row` is the header's row number. `headers` are its texts by position, column A first, "" where blank. `rows`,
    an Arrow table, has for each of them a column "0", "1", … of tidied text, "" for blank, and "row", the sheet's numbers.
    """

    sheet: str | None
    sheets: tuple[str, ...]
    header_row: int
    headers: tuple[str, ...]
    rows: pa.Table

    @property
    def numbers(self) -> list[int]:
        """The rows, as the sheet numbers them."""
        numbers: list[int] = self.rows["row"].to_pylist()
        return numbers

    def texts(self, position: int) -> list[str]:
        """A column's cells. Equal ones are one object: most columns hold few values, and a draft is kept in memory."""
        column = self.rows[str(position)].combine_chunks().dictionary_encode()
        values: list[str] = column.dictionary.to_pylist()
        return list(map(values.__getitem__, column.indices.to_numpy().tolist()))


def read_table(
    content: bytes,
    file: str,
    limits: ReaderLimits,
    declaration: Declaration,
    *,
    sheet: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Table:
    """`file` is the name for the user's eyes; `mapping` leads from its headers to ours.

    Raises UnusableFile with one of the contract's codes; BadArguments for a sheet or a header of ours that there is not.
    """
    if len(content) > limits.upload_mb << 20:
        raise UnusableFile("too_large", file=file, limit=limits.upload_mb)
    _check_mapping(mapping or {}, declaration)
    request = asdict(Request.of(declaration, limits, mapping or {}, sheet))
    try:
        answer, arrow = _read(content, request, limits)
    except ChildDied as error:
        raise UnusableFile("takes_too_much", file=file) from error
    except OSError as error:
        raise UnusableFile("no_room", file=file, reason=error.strerror or error) from error
    if "error" in answer:
        kind = BadArguments if answer["error"] in ("unknown_sheet", "no_sheets") else UnusableFile
        raise kind(answer["error"], file=file, **answer["facts"])
    return _table(answer, arrow)


def _read(content: bytes, request: Mapping[str, Any], limits: ReaderLimits) -> tuple[dict[str, Any], bytes]:
    """The child's answer and, unless that is an error, its rows as an Arrow file. Raises ChildDied and OSError."""
    with own_folder() as folder:
        (folder / "upload").write_bytes(content)
        (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
        with child_reading(folder) as process:
            import pyarrow  # noqa: F401 - see above

            answer = answer_of(process, folder, limits.memory_mb, limits.seconds)
        return answer, b"" if "error" in answer else (folder / "table.arrow").read_bytes()


def _check_mapping(mapping: Mapping[str, str], declaration: Declaration) -> None:
    try:
        match((), declaration, mapping)
    except KeyError as error:
        detail = f"There is no column {clipped(str(error), 100)} to map to. Use one of our headers."
        raise BadArguments("bad_argument", detail=detail) from error


def _table(answer: Mapping[str, Any], arrow: bytes) -> Table:
    import pyarrow as pa

    return _from_arrow(answer, pa.ipc.open_file(arrow).read_all())


def _from_arrow(answer: Mapping[str, Any], rows: Any) -> Table:
    return Table(
        sheet=answer["sheet"],
        sheets=tuple(answer["sheets"]),
        header_row=answer["header_row"],
        headers=tuple(answer["headers"]),
        rows=rows,
    )


def table_to_parquet(table: Table) -> bytes:
    """All of the table in one Parquet file, to be kept beside the upload."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    about = {name: getattr(table, name) for name in ("sheet", "sheets", "header_row", "headers")}
    rows = table.rows.replace_schema_metadata({_METADATA: json.dumps(about)})
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd")
    return bytes(sink.getvalue())


def table_from_parquet(content: bytes) -> Table:
    """The table that `table_to_parquet` made the bytes of."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = pq.ParquetFile(pa.BufferReader(content)).read()
    return _from_arrow(json.loads(rows.schema.metadata[_METADATA]), rows.replace_schema_metadata())
