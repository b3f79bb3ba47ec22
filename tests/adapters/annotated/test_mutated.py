"""Workbooks that were damaged on their way: an answer comes all the same, and nothing but the known refusals."""

import io
import random
import zipfile
from pathlib import Path

import pytest

from ievq_pipeline.adapters.annotated import BROKEN, annotate, answer_workbook
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from tests.adapters.annotated.made_books import SHEET, Answer, bad
from tests.adapters.annotated.test_patched import office_book

FOUND = [bad(3, 1, "NQ-QUARTER"), bad(4, 6), bad(8, 0), bad(20, 6, "NQ-REQUIRED", ""), bad(4, None, "NQ-ROW-WIDE")]
FACTS = {"format": "xlsx", "wrapper": None, "sheet": SHEET, "header_row": 1}


def in_the_package(data: bytes, luck: random.Random) -> bytes:
    """Some bytes of the file itself are others, or gone."""
    damaged = bytearray(data)
    for _ in range(luck.randrange(1, 6)):
        damaged[luck.randrange(len(damaged))] = luck.randrange(256)
    return bytes(damaged[: luck.choice((len(damaged), luck.randrange(len(damaged))))])


def in_a_part(data: bytes, luck: random.Random) -> bytes:
    """The package is sound, but a part of it is cut, spliced or gone."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        hurt = luck.choice(before.namelist())
        for name in before.namelist():
            content = before.read(name)
            if name == hurt:
                begin, end = sorted((luck.randrange(len(content) + 1), luck.randrange(len(content) + 1)))
                choices = (content[:begin], content[:begin] + content[end:], content[:end] + content[begin:], None)
                if (content := luck.choice(choices)) is None:  # type: ignore[assignment]
                    continue
            after.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize("damage", [in_the_package, in_a_part])
def test_a_damaged_workbook_is_answered_all_the_same(damage: object, tmp_path: Path) -> None:
    assert callable(damage)
    luck, whole, patched = random.Random(5), office_book(), 0
    for number in range(60):
        data, out = damage(whole, luck), tmp_path / f"{number}.xlsx"
        try:
            annotate(data, FOUND, JOB_DEMAND, sheet=SHEET, language="en", out=out)
            patched += 1
        except BROKEN:
            assert not out.exists()
        answer_workbook(data, FACTS, FOUND, JOB_DEMAND, language="en", out=out)
        assert "[Content_Types].xml" in zipfile.ZipFile(out).namelist()
    assert 0 < patched < 60


def test_every_finding_is_listed_of_a_damaged_one(tmp_path: Path) -> None:
    answer_workbook(office_book()[:2000], FACTS, FOUND, JOB_DEMAND, language="en", out=tmp_path / "x.xlsx")
    assert len(Answer(tmp_path / "x.xlsx").rows()) == len(FOUND)
