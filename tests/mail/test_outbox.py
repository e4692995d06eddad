"""When a failed e-mail is tried again, and how it is kept where there is no mail server."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from komet_import.errors import BadSettings
from komet_import.mail.outbox import keep_as_eml, pause_after


def test_pauses_grow_and_end() -> None:
    pauses = [pause_after(attempts) for attempts in range(9)]
    minutes = [pause and pause / timedelta(minutes=1) for pause in pauses]
    assert minutes == [timedelta(0), 1, 5, 15, 60, 240, 720, 1440, None]


def test_an_eml_is_kept_whole_and_again_over_itself(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "outbox"
    first = keep_as_eml(folder, 7, b"first")
    again = keep_as_eml(folder, 7, b"second")
    other = keep_as_eml(folder, 8, b"other")
    assert first == again
    assert again.read_bytes() == b"second"
    assert sorted(folder.iterdir()) == [first, other]


def test_a_folder_that_cannot_be_written_is_a_sentence_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file, not a folder")
    with pytest.raises(BadSettings, match=r"cannot be kept as .*mail-000007\.eml: .*Ask your administrator"):
        keep_as_eml(tmp_path / "outbox", 7, b"x")


def test_a_write_that_fails_leaves_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "mail-000007.eml").mkdir()  # a file cannot replace a folder
    with pytest.raises(BadSettings):
        keep_as_eml(tmp_path, 7, b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["mail-000007.eml"]


@pytest.mark.parametrize("was_there", [False, True])
def test_what_is_kept_is_its_owners_alone(tmp_path: Path, was_there: bool) -> None:
    folder = tmp_path / "outbox"
    if was_there:
        folder.mkdir(mode=0o755)
    kept = keep_as_eml(folder, 7, b"x")
    assert [path.stat().st_mode & 0o777 for path in (folder, kept)] == [0o700, 0o600]
