"""An uploaded file to a table of texts, read in a child process with limits: a hostile file can hurt only that."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from komet_import.errors import BadArguments, UnusableFile
from komet_import.language import _
from komet_import.review.matching import match
from komet_import.schema.column import Declaration
from komet_import.sentences import clipped
from komet_import.settings import ReaderLimits
from komet_import.workbook.isolation import Child, ChildDied, ChildNeverBegan, own_folder
from komet_import.workbook.request import Request
from komet_import.workbook.unreadable import worded

# pyarrow is imported where it is needed, while the child is at work: a part of a small file's time.
if TYPE_CHECKING:
    import pyarrow as pa

_logger = logging.getLogger(__name__)
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
        # Its own `to_numpy` would load pandas, which takes longer than most files.
        indices = memoryview(column.indices.buffers()[1]).cast("i")[: len(column)]
        return list(map(values.__getitem__, indices.tolist()))


class Reader:
    """Reads files, each in a child process of its own. Safe to share between threads."""

    def __init__(self, limits: ReaderLimits) -> None:
        self._limits = limits
        self._spare: Child | None = None
        self._at_work = 0
        self._is_closed = False
        self._changed = threading.Lock()

    def read(
        self,
        content: bytes,
        file: str,
        declaration: Declaration,
        *,
        sheet: str | None = None,
        mapping: Mapping[str, str] | None = None,
    ) -> Table:
        """`file` is the name for the user's eyes; `mapping` leads from its headers to ours.

        Raises UnusableFile with one of the contract's codes; BadArguments for a sheet or a header of ours that there is not.
        """
        if len(content) > self._limits.upload_mb << 20:
            raise UnusableFile("too_large", file=file, limit=self._limits.upload_mb)
        _check_mapping(mapping or {}, declaration)
        request = asdict(Request.of(declaration, self._limits, mapping or {}, sheet))
        try:
            answer, arrow = self._read(content, request)
        except ChildDied as error:
            raise UnusableFile("takes_too_much", file=file) from error
        except OSError as error:
            raise UnusableFile("no_room", file=file, reason=error.strerror or error) from error
        if "error" in answer:
            kind = BadArguments if answer["error"] in ("unknown_sheet", "no_sheets") else UnusableFile
            raise kind(answer["error"], file=file, **worded(answer["facts"]))
        return _table(answer, arrow)

    def _read(self, content: bytes, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """The answer and, unless that is an error, the rows as an Arrow file. Raises ChildDied and OSError."""
        with own_folder() as folder, self._taken() as spare:
            (folder / "upload").write_bytes(content)
            (folder / "request.json").write_text(json.dumps(request), encoding="utf-8")
            answer = self._answer(folder, spare)
            return answer, b"" if "error" in answer else (folder / "table.arrow").read_bytes()

    def _answer(self, folder: Path, spare: Child | None) -> dict[str, Any]:
        if spare is not None:
            with suppress(ChildNeverBegan):  # then it is not the file's fault
                return spare.read(folder)
        with closing(Child(self._limits)) as child:
            import pyarrow  # noqa: F401 - see above

            return child.read(folder)

    @contextmanager
    def _taken(self) -> Iterator[Child | None]:
        """The child that stands ready, if there is one: from now on nobody else's."""
        with self._changed:
            spare, self._spare = self._spare, None
            self._at_work += 1
        try:
            yield spare
        finally:
            if spare is not None:
                spare.close()
            with self._changed:
                self._at_work -= 1

    def stand_by(self) -> None:
        """Has a child stand ready for the next file, unless one does, or a file is being read, which comes first."""
        import pyarrow  # noqa: F401 - the next file need not wait for this one either

        with self._changed:
            if self._at_work or self._is_closed:
                return
            if self._spare is not None and not self._spare.is_waiting:
                self._spare.tell_errors()
                self._spare.close()
                self._spare = None
            if self._spare is None:
                try:
                    self._spare = Child(self._limits)
                except OSError as error:  # whoever drops a file now is told, and nobody else need be
                    _logger.warning("No process stands ready to read the next file: %s", error)

    @property
    def standing_by(self) -> int | None:
        """The process that stands ready."""
        with self._changed:
            return self._spare.pid if self._spare is not None else None

    def close(self) -> None:
        """Nothing stands ready from now on."""
        with self._changed:
            spare, self._spare, self._is_closed = self._spare, None, True
        if spare is not None:
            spare.close()


def _check_mapping(mapping: Mapping[str, str], declaration: Declaration) -> None:
    try:
        match((), declaration, mapping)
    except KeyError as error:
        sentence = _("There is no column {column} to map to. Use one of our headers.")
        raise BadArguments("bad_argument", detail=sentence.format(column=clipped(str(error), 100))) from error


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
