"""Files are kept as they came, in less room where that is possible."""

from __future__ import annotations

import os

import pytest
import sqlalchemy as sa

from komet_import.schema.company import Company
from komet_import.store import uploads
from komet_import.store.database import Database
from komet_import.store.models import upload
from komet_import.store.uploads import Held

CSV = b"Customer Code,Customer Name\n" + b"ABC,ABC Wholesale\n" * 5000


@pytest.mark.parametrize(
    ("content", "held"),
    [
        (CSV, Held.ZLIB),
        (os.urandom(20_000), Held.PLAIN),
        (b"x\x9c looks compressed" * 99, Held.ZLIB),
        (b"", Held.PLAIN),
    ],
    ids=["csv", "compressed already", "looks compressed", "empty"],
)
def test_every_file_comes_back_as_it_was(
    database: Database, company: Company, content: bytes, held: Held
) -> None:
    with database.writing() as conn:
        upload_id = uploads.add_upload(conn, company.company_id, 1, "spring.csv", "ab12", content)
        found = uploads.get_upload(conn, company.company_id, upload_id)
        kept = conn.execute(sa.select(upload.c.held, sa.func.length(upload.c.content))).one()
    assert (found.content, found.size) == (content, len(content))
    assert kept[0] == held
    assert kept[1] <= len(content) / (5 if held is Held.ZLIB else 1)


def test_what_is_read_again_takes_the_place_of_what_was_read(database: Database, company: Company) -> None:
    with database.writing() as conn:
        upload_id = uploads.add_upload(conn, company.company_id, 1, "spring.csv", "ab12", CSV)
        assert uploads.get_table(conn, company.company_id, upload_id) is None
        for table in (b"PAR1", b"PAR2"):
            uploads.keep_table(conn, company.company_id, upload_id, table)
        assert uploads.get_table(conn, company.company_id, upload_id) == b"PAR2"
