"""The Great Expectations suite of a contract: built as plain data, and held against accepted rows a second time.

Only this file imports Great Expectations and pandas, and only inside functions: the import takes five seconds. Polars
is not imported here at once, since the scheduler, from which tasks are forked, imports this file.
"""

import json
import logging
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ievq_pipeline.adapters.suite_rules import expectations

if TYPE_CHECKING:
    import polars as pl

    from ievq_pipeline.domain.contracts.model import Contract

#: rows that a failure names; more of them are counted
SHOWN = 20
#: up to so many bad cells of an expectation they are listed one by one; beyond it a listing takes seconds and gigabytes
MOST_LISTED = 20_000
UNIQUE = "expect_compound_columns_to_be_unique"
CRITICAL = "critical"
IDS = ["submission", "row"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Where one submission breaks a rule: its first rows, and how many; no row where the table as a whole fails."""

    rule: str
    column: str
    rows: tuple[int, ...]
    count: int

    def __str__(self) -> str:
        """Such as `NQ-MAXIMUM openings 7, 12 (+3)`: for every language."""
        more = f" (+{self.count - len(self.rows)})" if self.count > len(self.rows) else ""
        return f"{self.rule} {self.column} {', '.join(map(str, self.rows))}{more}".rstrip()


@dataclass(slots=True)
class Outcome:
    """Failures by the submission's place in the table; and what crashed, which is no verdict on any row."""

    failures: dict[int, list[Failure]] = field(default_factory=lambda: defaultdict(list))
    crashes: list[str] = field(default_factory=list)


def suite(contract: "Contract") -> dict[str, Any]:
    """The suite as `expectations/` keeps it, for `suite_tables.table`: of every rule checked by both, each column."""
    return {
        "name": name(contract),
        "expectations": list(expectations(contract)),
        "meta": {"feed_kind": contract.feed_kind, "version": contract.version, "made_by": "make expectations"},
    }


def name(contract: "Contract") -> str:
    """Such as `job-demand-1`."""
    return f"{contract.feed_kind}-{contract.version}"


def written(made: Mapping[str, Any]) -> str:
    """The text of its file: an expectation a line, so that a change of the contract shows as what it is."""
    lines = ",\n    ".join(json.dumps(one, ensure_ascii=False) for one in made["expectations"])
    named, meta = (json.dumps(made[part], ensure_ascii=False) for part in ("name", "meta"))
    return f'{{\n  "name": {named},\n  "meta": {meta},\n  "expectations": [\n    {lines}\n  ]\n}}\n'


def place() -> Path:
    """Where the suites are: shipped inside the wheel, or beside the package in a checkout."""
    shipped = Path(str(files("ievq_pipeline"))) / "_shipped" / "expectations"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "expectations"


def shipped(rules_version: str) -> dict[str, Any]:
    """The suite of rules such as `job-demand-1+skills-0`. Raises FileNotFoundError where there is none."""
    return dict(json.loads((place() / f"{rules_version.partition('+')[0]}.json").read_text("utf-8")))


def quietly() -> ModuleType:
    """Great Expectations, imported without its telemetry and its hundreds of log lines."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"  # it is read at import
    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    import great_expectations

    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.ERROR)  # it sets its own
    return sys.modules[great_expectations.__name__]


def run(made: Mapping[str, Any], table: "pl.DataFrame") -> Outcome:
    """Hold a table of `suite_tables.table` to a suite: a pass that counts, and a second for the rows where it fails."""
    outcome = Outcome()
    critical = [one for one in made["expectations"] if one["severity"] == CRITICAL]
    numbered = [{**one, "meta": {**one["meta"], "place": place}} for place, one in enumerate(critical)]
    _hold(quietly(), numbered, table, outcome)
    return outcome


def _hold(gx: ModuleType, wanted: Sequence[dict[str, Any]], table: "pl.DataFrame", outcome: Outcome) -> None:
    frame = _pandas(table)
    few: list[dict[str, Any]] = []
    many: list[dict[str, Any]] = []
    for one, result in _results(gx, wanted, frame, {"result_format": "BASIC"}, outcome):
        count = result.get("unexpected_count")
        if count is None:
            _fail(outcome, one, [(place, None) for place in sorted(set(table["submission"]))])
        else:
            (few if count <= MOST_LISTED else many).append(one)
    if few:
        listed = {"result_format": "COMPLETE", "unexpected_index_column_names": IDS}
        for one, result in _results(gx, few, frame, listed, outcome):
            _fail(outcome, one, _listed(one, result["unexpected_index_list"]))
    if many:
        parts = table.partition_by("submission", maintain_order=True)
        if len(parts) == 1:
            _count(gx, many, frame, outcome)
            return
        for part in parts:
            _hold(gx, many, part, outcome)


def _count(gx: ModuleType, many: Sequence[dict[str, Any]], frame: Any, outcome: Outcome) -> None:
    """Of one submission with very many faults: the first of them, and how many; of rows that are alike, all count."""
    counted = {"result_format": "BASIC", "include_unexpected_rows": True, "partial_unexpected_count": SHOWN}
    for one, result in _results(gx, many, frame, counted, outcome):
        rows = [(int(submission), int(row)) for submission, row in result["unexpected_rows"][IDS].to_numpy()]
        _fail(outcome, one, rows, result["unexpected_count"])


def _results(
    gx: ModuleType, wanted: Sequence[dict[str, Any]], frame: Any, form: dict[str, Any], outcome: Outcome
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The expectations that fail, each with its result; what crashes, or is not understood, goes into the outcome."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("accepted").add_dataframe_asset("rows")
    batch = asset.add_batch_definition_whole_dataframe("all").get_batch(batch_parameters={"dataframe": frame})
    by_place = {one["meta"]["place"]: one for one in wanted}
    # one that it does not understand is left out of the suite, with a line in the log: so its answer must be missed
    held = gx.ExpectationSuite(name="suite", expectations=[json.loads(json.dumps(one)) for one in wanted])
    for result in batch.validate(held, result_format=form).results:
        one = by_place.pop(result.expectation_config.meta["place"])
        if crash := _crash(result.exception_info):
            outcome.crashes.append(f"{named(one)}: {crash}")
        elif not result.success:
            yield one, result.result
    outcome.crashes += [f"{named(one)}: not understood" for one in by_place.values()]


def named(one: Mapping[str, Any]) -> str:
    """Such as `NQ-MAXIMUM openings (expect_column_values_to_be_between)`."""
    return f"{one['meta']['rule']} {one['meta']['column']} ({one['type']})"


def _crash(info: Mapping[str, Any]) -> str | None:
    """What an expectation died of: told at once, or by metric."""
    told = [info, *(one for one in info.values() if isinstance(one, Mapping))]
    return next((str(one.get("exception_message")) for one in told if one.get("raised_exception")), None)


def _listed(one: Mapping[str, Any], found: Iterable[Mapping[str, Any]]) -> list[tuple[int, int | None]]:
    """The rows in order; of rows that are alike the first is none, as the cell engine has it too."""
    rows = sorted(found, key=lambda cell: (cell["submission"], cell["row"]))
    if one["type"] == UNIQUE:
        keys = [tuple(str(cell[code]) for code in one["kwargs"]["column_list"]) for cell in rows]
        firsts = {key: place for place, key in reversed([*enumerate(keys)])}
        rows = [cell for place, cell in enumerate(rows) if firsts[keys[place]] != place]
    return [(int(cell["submission"]), int(cell["row"])) for cell in rows]


def _fail(
    outcome: Outcome, one: Mapping[str, Any], found: Iterable[tuple[int, int | None]], count: int | None = None
) -> None:
    by_submission: dict[int, list[int]] = defaultdict(list)
    for submission, row in found:
        by_submission[submission] += [] if row is None else [row]
    for submission, rows in by_submission.items():
        failure = Failure(one["meta"]["rule"], one["meta"]["column"], tuple(rows[:SHOWN]), count or len(rows))
        outcome.failures[submission].append(failure)


def _pandas(table: "pl.DataFrame") -> Any:
    """The same table for Great Expectations, without PyArrow; equal texts are one object, so it stays small."""
    import pandas as pd

    return pd.DataFrame({column.name: _values(column) for column in table.iter_columns()}, copy=False)


def _values(column: "pl.Series") -> Any:
    import numpy as np
    import polars as pl

    if column.dtype.is_numeric():
        return column.to_numpy()
    different = column.drop_nulls().unique()
    count = len(different)
    places = column.replace_strict(different, range(count), default=count, return_dtype=pl.UInt32)
    return np.array([*different, None], dtype=object)[places.to_numpy()]
