"""`make fuzz-intake`: thousands of mutations of good files through the check, in its bounded child.

None may crash it, hang it or leave a traceback, and nothing may be lost silently: every row read is accepted or set
aside, a file that is turned away says why, and of cells that were made wrong each is found at its place, and no other.
"""

import argparse
import json
import sys
import time
from collections import Counter
from random import Random

from ievq_pipeline.adapters import confined
from ievq_pipeline.adapters.answers import File, document
from ievq_pipeline.adapters.checks import Answer, Expected, check
from ievq_pipeline.adapters.confined import Limits
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.submission import Verdict
from tests.mutations import FORMATS, HEAD, QUARTER, Format, edited, grid, mutated

KIND = contract("job-demand")
LIMITS = Limits(memory_bytes=3 << 30, cpu_s=60, wall_s=120)
#: verdicts under which nothing of a file is used
TURNED_AWAY = (Verdict.REJECTED, Verdict.UNREADABLE)
SHARE_OF_CELLS = 0.3


class Lost(AssertionError):
    """The answer is not what it must be."""


def case(seed: int, number: int) -> str:
    """Make one file of this seed and number, check it, and say how it ended. Raises Lost and confined.Died."""
    random = Random(f"{seed}:{number}")
    format_ = random.choice(FORMATS)
    if random.random() < SHARE_OF_CELLS:
        return f"cells {format_.name}: {_cells(format_, random)}"
    data = mutated(format_.write(grid(random.randrange(1, 40))), random)
    return f"bytes {format_.name}: {_settled(_checked(data), data)}"


def _checked(data: bytes) -> Answer:
    answer: Answer = confined.call(check, data, KIND, Expected(QUARTER), limits=LIMITS)
    return answer


def _settled(answer: Answer, data: bytes) -> str:
    """The verdict, once nothing is missing from the answer. Raises Lost."""
    told = document(answer, KIND, File("x", len(data), ""))
    json.dumps(told, ensure_ascii=False).encode()
    hard = [finding for finding in told["findings"] if finding["severity"] == Severity.HARD]
    accepted, quarantined, read = (told[f"rows_{name}"] for name in ("accepted", "quarantined", "read"))
    if answer.verdict in TURNED_AWAY:
        _must(accepted == 0, "rows of a file that is turned away")
        _must(bool(hard), "it is turned away without a reason")
    else:
        _must(accepted + quarantined == read, f"{accepted} + {quarantined} rows of {read}")
        _must(accepted > 0, "it is accepted without a row")
        rows = answer.accepted.get_column("row")
        _must(rows.n_unique() == len(rows), "a row that is accepted twice")
        _must(not set(rows) & {finding["row"] for finding in hard}, "a bad row that is accepted")
    return str(answer.verdict)


def _cells(format_: Format, random: Random) -> str:
    """Faults planted in cells: each is found, under its code, and no other hard one."""
    made = edited(random)
    data = format_.write(made.rows)
    answer = _checked(data)
    _settled(answer, data)
    planted = {(row + format_.first_row, column, code) for row, column, code in made.planted}
    hard = [finding for finding in answer.findings if finding.severity(KIND) is Severity.HARD]
    found = {(finding.row, finding.column, finding.code) for finding in hard}
    _must(
        found == planted, f"not found {sorted(planted - found, key=str)}; found too {sorted(found - planted, key=str)}"
    )
    _must(answer.rows_read == len(made.rows), f"{answer.rows_read} rows of {len(made.rows)}")
    if answer.facts.format not in ("json", "jsonl"):
        places = {code: place for place, code in enumerate(HEAD)}
        _must(all(finding.position == places[str(finding.column)] for finding in hard), "a fault at another cell")
    return str(answer.verdict)


def _must(is_so: bool, otherwise: str) -> None:
    if not is_so:
        raise Lost(otherwise)


def run(seed: int, numbers: range, *, is_loud: bool = False) -> tuple[Counter[str], list[str]]:
    """How many files ended how, and what went wrong, with how to have it again."""
    outcomes: Counter[str] = Counter()
    failures: list[str] = []
    began = time.monotonic()
    for number in numbers:
        try:
            outcomes[case(seed, number)] += 1
        except Exception as error:  # noqa: BLE001 (whatever it is, it is one of the things that must not happen)
            failures.append(f"SEED={seed} ONLY={number}: {type(error).__name__} {error}")
            outcomes[f"failed: {type(error).__name__}"] += 1
        if is_loud and number % 500 == 499:
            print(f"{number + 1} files, {len(failures)} failed, {time.monotonic() - began:.0f} s", file=sys.stderr)
    return outcomes, failures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int)
    given = parser.parse_args()
    numbers = range(given.count) if given.only is None else range(given.only, given.only + 1)
    outcomes, failures = run(given.seed, numbers, is_loud=True)
    for outcome, count in sorted(outcomes.items()):
        print(f"{count:7,}  {outcome}")
    print(f"{outcomes.total():7,}  files, {len(failures)} failed")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
