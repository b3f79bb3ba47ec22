"""stack.json survives kills: ports stay, pids from before a reboot mean nothing."""

import socket
import stat
from pathlib import Path

import pytest

from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack import processes, record
from ievq_pipeline.stack.processes import Process

HOST = "127.0.0.1"


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    first = record.load(tmp_path / "stack.json")
    first.begin(processes.this())
    first.born("web", Process(12, 34))
    port = first.port("web", 0, HOST)
    first.save()
    again = record.load(tmp_path / "stack.json")
    assert again == first
    assert again.leaders() == [Process(12, 34)]
    assert again.port("web", 0, HOST) == port
    assert stat.S_IMODE((tmp_path / "stack.json").stat().st_mode) == 0o600


def test_pids_from_before_a_reboot_are_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = record.load(tmp_path / "stack.json")
    one.begin(processes.this())
    one.born("web", Process(12, 34))
    monkeypatch.setattr(record, "boot_id", lambda: "another")
    assert record.load(tmp_path / "stack.json").leaders() == []


def test_a_port_that_somebody_took_is_replaced(tmp_path: Path) -> None:
    one = record.load(tmp_path / "stack.json")
    port = one.port("web", 0, HOST)
    with socket.socket() as other:
        other.bind((HOST, port))
        other.listen()
        assert one.port("web", 0, HOST) != port


def test_a_port_that_was_wished_for_and_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(OutsideMissing, match=f"Port {port} on"):
            record.load(tmp_path / "stack.json").port("web", port, HOST)


def test_own_ports_are_none_that_outgoing_connections_get() -> None:
    first = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert max(record.OWN_PORTS) < first or first < 30000  # an operator may have changed the range


@pytest.mark.parametrize("text", ["", "{", "[]", '{"parent": 3}', '{"parent": null, "children": {}, "new": 1}'])
def test_a_record_that_cannot_be_read_is_refused_with_the_remedy(tmp_path: Path, text: str) -> None:
    (tmp_path / "stack.json").write_text(text)
    with pytest.raises(OutsideMissing, match="Delete it if no stack runs"):
        record.load(tmp_path / "stack.json")
