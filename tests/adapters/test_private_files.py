"""Files of the owner alone: whole or not at all."""

import os
import stat
from pathlib import Path

import pytest

from ievq_pipeline.adapters.private_files import write_private


def test_only_the_owner_may_read_it_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "secret", "密钥")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
    assert (tmp_path / "secret").read_text(encoding="utf-8") == "密钥"


def test_it_replaces_what_was_there_with_its_mode_too(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("old")
    (tmp_path / "f").chmod(0o644)
    write_private(tmp_path / "f", "new")
    assert (tmp_path / "f").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600


def test_the_first_one_stays_where_nothing_may_be_replaced(tmp_path: Path) -> None:
    write_private(tmp_path / "f", "first", is_replacing=False)
    write_private(tmp_path / "f", "second", is_replacing=False)
    assert (tmp_path / "f").read_text() == "first"


def test_nothing_else_is_left_beside_it(tmp_path: Path) -> None:
    write_private(tmp_path / "f", "x")
    write_private(tmp_path / "f", "y", is_replacing=False)
    (tmp_path / "d").mkdir()
    with pytest.raises(IsADirectoryError):
        write_private(tmp_path / "d", "x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "f"]
