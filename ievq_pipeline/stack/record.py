"""`stack.json` in the data directory: what the next `stack up` must know after any kill."""

import json
import random
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack.processes import Process, boot_id

#: below the range from which Linux takes the near end of outgoing connections: else one of those may hold our port
OWN_PORTS = range(20000, 32000)


@dataclass
class Record:
    """The stack's id (kept for ever), its ports, and who ran last; every change is written at once."""

    path: Path
    stack_id: str = field(default_factory=lambda: secrets.token_hex(16))
    boot: str = ""
    ports: dict[str, int] = field(default_factory=dict)
    parent: Process | None = None
    children: dict[str, Process] = field(default_factory=dict)
    #: the version of Airflow whose tables were made, and their revision
    migrated: list[str] = field(default_factory=list)

    def save(self) -> None:
        values = {name: value for name, value in asdict(self).items() if name != "path"}
        write_private(self.path, json.dumps(values, indent=1) + "\n")

    def begin(self, parent: Process) -> None:
        """A new run, whose children are yet to come."""
        self.boot, self.parent, self.children = boot_id(), parent, {}
        self.save()

    def born(self, name: str, child: Process) -> None:
        self.children[name] = child
        self.save()

    def leaders(self) -> list[Process]:
        """The children of the last run; none if the machine was started again since."""
        return list(self.children.values()) if self.boot == boot_id() else []

    def port(self, name: str, wish: int, host: str) -> int:
        """The port wished for; else last time's if it is free, else another one."""
        kept = self.ports.get(name, 0)
        tries = [wish] if wish else [kept] * bool(kept) + random.sample(OWN_PORTS, 50)
        for port in tries:
            if _is_free(host, port):
                self.ports[name] = port
                return port
        raise OutsideMissing(f"Port {wish} on {host} is taken." if wish else f"No port is free on {host}.")


def load(path: Path) -> Record:
    """The record in `path`; a new one if there is none, or none that can be read."""
    try:
        values = json.loads(path.read_text())
        values["parent"] = Process(*values["parent"]) if values["parent"] else None
        values["children"] = {name: Process(*child) for name, child in values["children"].items()}
        return Record(path, **values)
    except FileNotFoundError:
        return Record(path)
    except (ValueError, TypeError, KeyError) as error:
        raise OutsideMissing(f"{path} cannot be read ({error}). Delete it if no stack runs any more.") from error


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
