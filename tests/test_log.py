"""Logging: one line an event, on standard error alone, at the level asked for."""

import json
from collections.abc import Iterator

import pytest
import structlog

from ievq_pipeline import log


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_json_lines_go_to_standard_error_with_time_and_level(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("INFO", "json")
    structlog.get_logger().info("intake.checked", file="表.csv", rows=3)
    out, err = capsys.readouterr()
    assert out == ""
    told = json.loads(err)
    assert (told["event"], told["level"], told["file"], told["rows"]) == ("intake.checked", "info", "表.csv", 3)
    assert told["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("warning")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    out, err = capsys.readouterr()
    assert out == ""
    assert "quiet" not in err
    assert "loud" in err
    assert "\x1b[" not in err, "colours are for terminals"


def test_a_failure_is_one_json_line_with_its_cause(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("INFO", "json")
    try:
        raise ValueError("the cause")
    except ValueError:
        structlog.get_logger().exception("failed")
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "the cause" in json.loads(err)["exception"]
