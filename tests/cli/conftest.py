"""`ievq` in process: what it prints where, and how it exits."""

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from ievq_pipeline.bootstrap import House


@dataclass(frozen=True)
class Ran:
    """One call: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document that it is."""
        return json.loads(self.out)


Ievq = Callable[..., Ran]


@pytest.fixture
def ievq(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Ievq]:
    """Runs a command line; no call may end with a traceback."""
    from ievq_pipeline.cli import main

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IEVQ_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    before = structlog.get_config()

    def run(*arguments: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["ievq", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Ran(code, out, err)

    yield run
    structlog.configure(**before)


@pytest.fixture
def stored(ievq: Ievq, house: House, monkeypatch: pytest.MonkeyPatch) -> Ievq:
    """The same over a database with empty tables."""
    assert house.settings.database_url
    monkeypatch.setenv("IEVQ_DATABASE_URL", house.settings.database_url)
    return ievq
