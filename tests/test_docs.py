"""The pages in step with the code: links, commands, settings, routes, words and the contracts."""

import importlib
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine
from typer.main import get_command

from ievq_pipeline.adapters.code_lists import described
from ievq_pipeline.bootstrap import House
from ievq_pipeline.cli import app
from ievq_pipeline.domain import alert
from ievq_pipeline.domain.alert import AlertState, Notice, Step
from ievq_pipeline.domain.delivery import DeliveryState
from ievq_pipeline.domain.submission import State, Verdict
from ievq_pipeline.settings import INTERNAL, Settings
from ievq_pipeline.web.app import create_app
from tools.contracts_page import page

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *ROOT.glob("data/*/README.md")])
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def commands(one: Any, *words: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command of the program with the words that call it."""
    if hasattr(one, "commands"):
        for name, command in one.commands.items():
            yield from commands(command, *words, name)
    else:
        yield words, one


COMMANDS = dict(commands(get_command(app)))
OPTIONS = {"--json", "--lang"} | {option for one in COMMANDS.values() for each in one.params for option in each.opts}


def code_of(text: str) -> list[str]:
    """The lines of a page's code blocks, and its code in running text."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return [line.partition(" #")[0].strip() for block in blocks for line in block.splitlines()] + inline


def words_of(command: str) -> list[str]:
    return shlex.split(command.replace("…", "").replace("'", ""))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text()):
        if not link.startswith(("https://", "#")):
            assert (path.parent / link.partition("#")[0]).exists(), link


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_named_are_there(path: Path) -> None:
    named = re.compile(r"(?:ievq_pipeline|dags|migrations|tests|tools|docs|data|domain|adapters|db)/[\w/.]*")
    for code in code_of(path.read_text()):
        if named.fullmatch(code):
            assert (ROOT / code).exists() or (ROOT / "ievq_pipeline" / code).exists(), code


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_named_exist_with_their_options(path: Path) -> None:
    for code in code_of(path.read_text()):
        words = words_of(code)
        if words[:1] == ["make"] and len(words) > 1:
            assert words[1] in TARGETS, code
        if words and words[0].removeprefix(".venv/bin/") == "ievq" and len(words) > 1 and words[1][0] != "-":
            called = [COMMANDS[begin] for begin in (tuple(words[1:n]) for n in (4, 3, 2)) if begin in COMMANDS]
            assert called, code
            known = {option for parameter in called[0].params for option in parameter.opts}
            assert {word for word in words if word.startswith("--")} <= known, code
        if code.startswith("--"):
            assert words[0] in OPTIONS, code


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_settings_named_exist(path: Path) -> None:
    known = {f"IEVQ_{name.upper()}" for name in Settings.model_fields} | INTERNAL
    assert set(re.findall(r"IEVQ_[A-Z][A-Z_]*[A-Z]", path.read_text())) <= known


def test_every_command_and_every_setting_is_told_to_the_operator() -> None:
    told = (DOCS / "operate.md").read_text()
    for words, command in COMMANDS.items():
        assert f"`ievq {' '.join(words)}`" in told, words
        assert command.get_short_help_str(), words
    for name, field in Settings.model_fields.items():
        assert f"| `IEVQ_{name.upper()}` | {field.description}" in told, name
    assert len(re.findall(r"^\| `IEVQ_", told, re.MULTILINE)) == len(Settings.model_fields)


def test_the_help_of_make_names_every_target() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert set(phony[1].split()) == TARGETS


def test_every_route_is_told_to_those_who_call_it() -> None:
    told = "".join((DOCS / f"{reader}.md").read_text() for reader in ("submit", "subscribe", "bookkeeping"))
    web = create_app(House(Settings(_env_file=None), create_engine("postgresql+psycopg://")))
    for path in web.openapi()["paths"]:
        assert path in told, path


def test_every_field_of_an_alert_is_told_to_subscribers() -> None:
    told = (DOCS / "subscribe.md").read_text()
    figures = {"quarter": "2020-Q2", "window": 1, "observed": 9, "expected": 5.0, "growth": 1.8, "lower": 1.2,
               "upper": 2.1, "p": 0.01, "q": 0.1, "counted": "recent"}  # fmt: skip
    step = Step("totals:hn", "skill", "Remote", None, None, None, 1, "2020-Q2", "opened", "surge", figures)
    told_with: dict[str, Any] = {"rule_version": "totals-1", "vintage": "seq:1", "expires_on": "2021-04-30"}
    body = alert.document(step, Notice.ISSUED, skill=described("totals:hn", "Remote", None), **told_with)
    added = ("alert_id", "revision", "event_id", "feed_seq", "issued_at", "updated_at", "url")
    fields = set(
        re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in told.splitlines() if line[:2] == "| "))
    )
    assert {*body, *added} <= fields
    assert all(f"`{word}`" in told for word in (*Notice, *AlertState, *DeliveryState))


def test_every_state_and_verdict_is_told_to_submitters() -> None:
    told = (DOCS / "submit.md").read_text()
    assert all(f"| `{word}` |" in told for word in (*State, *Verdict))


def test_the_page_of_contracts_is_that_of_the_code() -> None:
    assert (DOCS / "contracts.md").read_text() == page(), "run `make docs`"


def glossary() -> list[SimpleNamespace]:
    rows = re.findall(r"^\| (.+) \| (.+) \| (.+) \| `([\w.]+)` \|$", (DOCS / "glossary.md").read_text(), re.MULTILINE)
    return [SimpleNamespace(word=word, zh=zh, meaning=meaning, place=place) for word, zh, meaning, place in rows]


def test_the_glossary_says_each_word_once_and_in_both_languages() -> None:
    words = [row.word for row in glossary()]
    assert len(words) == len(set(words)) > 30
    assert all(re.search(r"[\u4e00-\u9fff]", row.zh) for row in glossary())


@pytest.mark.parametrize("row", glossary(), ids=lambda row: row.word)
def test_a_word_of_the_glossary_lives_where_it_says(row: SimpleNamespace) -> None:
    module, _, name = f"ievq_pipeline.{row.place}".rpartition(".")
    found = importlib.import_module(module)
    assert hasattr(found, name) or importlib.import_module(f"{module}.{name}")


def test_decisions_are_numbered_without_a_gap() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    for number, path in enumerate(pages, start=1):
        assert path.name.startswith(f"{number:04}-")
        assert path.read_text().startswith(f"# {number}. ")
        assert all(f"**{part}.**" in path.read_text() for part in ("Context", "Decision", "Consequences"))
