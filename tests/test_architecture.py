"""The code as docs/architecture.md draws it: rooms and their doors, order, names, sizes."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import create_engine

import ievq_pipeline
from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain import errors
from ievq_pipeline.domain.errors import IevqError
from ievq_pipeline.orchestration.rooms import Room
from ievq_pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "ievq_pipeline"
CODE = sorted(
    path for name in ("ievq_pipeline", "dags", "tools", "tests", "migrations") for path in (ROOT / name).rglob("*.py")
)
PAGE = (ROOT / "docs" / "architecture.md").read_text()
#: lines of a file; tests are lists of sentences, and may be somewhat longer
LONGEST, LONGEST_TEST = 350, 420
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
ERRORS = {name: one for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, IevqError)}


def doors() -> dict[str, list[str]]:
    """The table of rooms: by room the cells takes, leaves, can refuse with."""
    rows = re.findall(r"^\| (\w+) \| (.+) \| (.+) \| (.+) \|$", PAGE.partition("## The map")[0], re.MULTILINE)
    return {room: cells for room, *cells in rows if room != "room"}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def room_file(room: str) -> Path:
    return PACKAGE / "stages" / f"{room}.py"


def named_errors(text: str) -> set[str]:
    return set(re.findall(r"\w+", text)) & ERRORS.keys()


def raised(code: ast.AST) -> set[str]:
    """The names of what is raised there, called or not."""
    thrown = [node.exc for node in ast.walk(code) if isinstance(node, ast.Raise)]
    names = [one.func if isinstance(one, ast.Call) else one for one in thrown]
    return {one.id for one in names if isinstance(one, ast.Name)}


def imported(code: ast.AST) -> Iterator[Path]:
    """Files of ours that a module imports from."""
    for node in ast.walk(code):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ievq_pipeline"):
            whole = ROOT.joinpath(*(node.module or "").split("."))
            for place in (whole.with_suffix(".py"), *(whole / f"{name.name}.py" for name in node.names)):
                if place.exists():
                    yield place


def raised_in_or_below(room: Path) -> set[str]:
    """What a room raises, itself or in a function that it calls in a module that it imports."""
    code = tree(room)
    used = {node.attr if isinstance(node, ast.Attribute) else node.id for node in ast.walk(code)
            if isinstance(node, ast.Attribute | ast.Name)}  # fmt: skip
    below = [
        function
        for path in imported(code)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef) and function.name in used
    ]
    return raised(code).union(*map(raised, below))


def test_the_table_of_doors_holds_every_room_and_no_other() -> None:
    assert doors().keys() == {path.stem for path in (PACKAGE / "stages").glob("[a-z]*.py")}


@pytest.mark.parametrize("room", doors())
def test_a_room_refuses_with_what_its_door_and_its_docstring_say(room: str) -> None:
    code = tree(room_file(room))
    documented = {
        ast.get_docstring(node) or "" for node in ast.walk(code) if isinstance(node, ast.Module | ast.FunctionDef)
    }
    promised = named_errors(doors()[room][2])
    assert promised == named_errors(" ".join(documented))
    assert promised <= raised_in_or_below(room_file(room))


@pytest.mark.parametrize("room", doors())
def test_a_room_begins_with_its_verb_and_draws_its_way(room: str) -> None:
    first = (ast.get_docstring(tree(room_file(room))) or "").partition("\n")[0]
    assert re.match(rf"{room.capitalize()}: .+ → .+", first), first


def test_every_refusal_is_raised_somewhere_or_is_a_base() -> None:
    everywhere = set[str]().union(*(raised(tree(path)) for path in PACKAGE.rglob("*.py")))
    bases = {name for name, one in ERRORS.items() if one.__subclasses__()}
    assert not ERRORS.keys() - everywhere - bases


def order_of_rooms() -> list[str]:
    """Those of the walk, and the one that only Airflow enters, since it needs Great Expectations."""
    walk = House(Settings(_env_file=None), create_engine("postgresql+psycopg://")).walk()
    rooms = [room for room, _ in walk]
    rooms.insert(rooms.index("store"), "examine")
    return rooms


#: rooms that somebody enters by a call, and no DAG
BY_SOMEBODY = {"receive", "confirm", "mend", "withdraw", "close", "enrol", "learn"}
#: rooms that a clock enters, not the walk: what they do is begun by the time alone
BY_THE_CLOCK = ["pull", "watch", "keep_calendar", "remind", "preview"]


def entered(path: Path) -> list[str]:
    """The rooms that a DAG enters by name."""
    return [
        ast.literal_eval(call.args[0])
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "enter"
        if isinstance(call.args[0], ast.Constant)
    ]


def steps(path: Path) -> list[str]:
    """The rooms of a DAG in the order of its arrows, or of its tuple ROOMS; or the one that it has."""
    code = tree(path)
    for node in ast.walk(code):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "ROOMS":
            assert node.value is not None
            return list(ast.literal_eval(node.value))
    chains = [node for node in ast.walk(code) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.RShift)]
    if not chains:
        assert len(entered(path)) == 1, f"{path.name} has no arrows"
        return entered(path)
    calls = [call for call in ast.walk(chains[0]) if isinstance(call, ast.Call) and isinstance(call.func, ast.Name)]
    in_order = sorted(calls, key=lambda call: (call.lineno, call.col_offset))
    return [call.func.id for call in in_order if isinstance(call.func, ast.Name)]


@pytest.mark.parametrize("path", sorted((ROOT / "dags").glob("*.py")), ids=lambda path: path.stem)
def test_a_dag_enters_rooms_that_exist_in_the_order_of_the_walk(path: Path) -> None:
    order = steps(path)
    assert set(entered(path)) <= set(order)
    assert order == [room for room in [*order_of_rooms(), *BY_THE_CLOCK] if room in order]


def test_every_room_that_waits_for_rows_can_be_entered_and_is_swept() -> None:
    assert order_of_rooms() == steps(ROOT / "dags" / "sweep.py")
    assert list(get_args(Room)) == [*order_of_rooms(), *BY_THE_CLOCK]
    assert doors().keys() - BY_SOMEBODY - {"carry"} == set(get_args(Room))


def test_a_dag_imports_airflow_and_orchestration_only() -> None:
    for path in (ROOT / "dags").glob("*.py"):
        modules = {node.module or "" for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)}
        ours = {name for name in modules if name.startswith("ievq_pipeline")}
        assert all(name.startswith("ievq_pipeline.orchestration") for name in ours), path
        assert {name.partition(".")[0] for name in modules - ours} <= {"airflow", "datetime"}, path


def test_the_import_contracts_forget_no_part_of_the_package() -> None:
    parts = {path.stem for path in PACKAGE.glob("[a-z]*") if path.suffix == ".py" or (path / "__init__.py").exists()}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    by_type = {contract["name"]: contract for contract in contracts}
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    layered = {name.strip().removeprefix("ievq_pipeline.") for layer in layers for name in re.split(r"[|:]", layer)}
    assert parts - layered <= {"settings", "log", "progress"}
    sources = by_type["Only orchestration imports Airflow"]["source_modules"]
    assert parts - {name.removeprefix("ievq_pipeline.") for name in sources} == {"orchestration"}


def test_the_map_names_every_part_of_the_package() -> None:
    drawn = PAGE.partition("## The map")[2].partition("Who may import whom")[0]
    for path in PACKAGE.glob("[a-z]*"):
        if path.suffix == ".py":
            assert path.name in drawn
            assert re.search(rf"\b{path.stem}\b", ievq_pipeline.__doc__ or ""), path.name
        elif (path / "__init__.py").exists():
            assert f"{path.name}/" in drawn
            assert re.search(rf"\b{path.name}\b", ievq_pipeline.__doc__ or ""), path.name
    for room in ("domain", "adapters"):
        for path in (PACKAGE / room).glob("[a-z]*.py"):
            assert path.name in drawn or path.stem == "text", f"the map does not draw {room}/{path.name}"


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") <= (LONGEST_TEST if path.is_relative_to(ROOT / "tests") else LONGEST)
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text) or path == Path(__file__)


@pytest.mark.parametrize("path", CODE, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_name_is_vague(path: Path) -> None:
    defined = [node.name for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    words = {word.lower() for name in (*defined, *path.relative_to(ROOT).with_suffix("").parts)
             for word in re.findall(r"[A-Z]?[a-z]+", name)}  # fmt: skip
    assert not words & VAGUE
