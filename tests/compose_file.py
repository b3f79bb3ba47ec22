"""docker-compose.yml as the tests read it: its variables, and its services once they are filled in."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docker-compose.yml"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<how>[-?])(?P<rest>[^}]*))?\}")


def variables() -> dict[str, set[tuple[str, str]]]:
    """Every variable with the ways in which it is asked for: `?` with what it demands, or `-` with its default."""
    found: dict[str, set[tuple[str, str]]] = {}
    for variable in VARIABLE.finditer(FILE.read_text()):
        found.setdefault(variable["name"], set()).add((variable["how"] or "", variable["rest"] or ""))
    return found


def services(values: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The services, with anchors and merges resolved and variables filled in; one without a value gets its own name."""
    return {name: _filled(service, values or {}) for name, service in _read()["services"].items()}


@cache
def _read() -> dict[str, Any]:
    return dict(yaml.safe_load(FILE.read_text()))


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, values) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    if not isinstance(value, str):
        return value

    def fill(variable: re.Match[str]) -> str:
        default = variable["rest"] if variable["how"] == "-" else variable["name"]
        return values.get(variable["name"]) or default

    return VARIABLE.sub(fill, value).replace("$$", "$")
