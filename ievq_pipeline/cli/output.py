"""What all commands share: the app and its options, and how they print for people and for programs."""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ievq_pipeline.domain.period import calendar_date, parse_date
from ievq_pipeline.domain.text import LANGUAGES

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    help="新质技术动态数据库 · The New Quality Technology Dynamic Database.",
)


def date_option(*names: str, meaning: str | None = None) -> Any:
    """An option that takes a date."""
    return typer.Option(*names, parser=parse_date, metavar="YYYY-MM-DD", help=meaning)


DateOption = Annotated[Any, date_option()]
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output, and nothing else.")]
_chosen: dict[str, str] = {}


def group(name: str, meaning: str) -> typer.Typer:
    """A group of commands under `ievq NAME`."""
    made = typer.Typer(no_args_is_help=True, help=meaning)
    app.add_typer(made, name=name)
    return made


#: commands that run as a process and log what they do; the others only log what is wrong
PROCESSES = ("serve", "dispatch", "stack")


@app.callback()
def _options(
    context: typer.Context,
    lang: Annotated[str, typer.Option(help="zh or en; without it, as LANG says.")] = "",
) -> None:
    from ievq_pipeline import log, settings

    if lang and lang not in LANGUAGES:
        raise typer.BadParameter("zh or en", param_hint="--lang")
    _chosen["language"] = lang
    read = settings.load()
    is_quiet = context.invoked_subcommand not in PROCESSES and "log_level" not in read.model_fields_set
    log.configure("WARNING" if is_quiet else read.log_level, read.log_format)


def today() -> date:
    """The date in the calendar that quarters are kept in."""
    return calendar_date(datetime.now(UTC))


def language_asked() -> str | None:
    """The language that `ievq --lang` asks for, if it does."""
    return _chosen.get("language") or None


def language() -> str:
    """The language for people: as chosen, else as the locale says."""
    locale = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return _chosen.get("language") or ("zh" if locale.startswith("zh") else "en")


def document(value: Any) -> None:
    """Print a JSON document: always in UTF-8, whatever the terminal speaks."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=str).encode("utf-8", "backslashreplace"))


def part(text: str) -> None:
    """Print a part of a document that is too long to be held, likewise in UTF-8."""
    typer.echo(text.encode("utf-8", "backslashreplace"), nl=False)


def listing(rows: Iterable[Mapping[str, Any]], columns: Sequence[str], *, is_json: bool) -> None:
    """Print rows: as a JSON list, or as a table of the columns named."""
    rows = list(rows)
    if is_json:
        document(rows)
        return
    table = Table(*columns, box=None, header_style="bold", pad_edge=False)
    for row in rows:
        table.add_row(*(Text("" if row.get(column) is None else printable(str(row[column]))) for column in columns))
    Console().print(table)


def outcome(value: Mapping[str, Any], text: str, *, is_json: bool) -> None:
    """What a command has done: as a JSON document, or as a line for people."""
    if is_json:
        document(value)
    else:
        said(text)


def said(text: str) -> None:
    """A line for people, on standard error: standard output is for what was asked for."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(printable(text), markup=False)


def printable(text: str) -> str:
    """The text without what would steer a terminal: control characters come out as their escapes."""
    return "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in text)
