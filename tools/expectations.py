"""Writes expectations/ from the contracts in the code; `make expectations` runs it, and a test holds the two together.

The suite of an older version of a contract stays where it is: submissions checked under it may still wait.
"""

from pathlib import Path

from ievq_pipeline.adapters.suites import name, suite, written
from ievq_pipeline.domain.contracts import CONTRACTS

FOLDER = Path(__file__).parent.parent / "expectations"


def files() -> dict[str, str]:
    """The name and the text of each suite's file."""
    return {f"{name(kind)}.json": written(suite(kind)) for kind in CONTRACTS.values()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file, text in files().items():
        (FOLDER / file).write_text(text, encoding="utf-8")
