"""The files that intake is timed with: job demand as an association hands it in, made up and repeatable."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.domain.period import Quarter

QUARTER = Quarter(2025, 3)
#: twelve columns; the last is the submitter's own, and is not read
HEADER = (
    "企业代码", "季度", "地区代码", "行业代码", "职业代码", "技能名称",
    "需求人数", "求职人数", "岗位编号", "技能层级", "是否必备", "自用备注",
)  # fmt: skip
ROWS_OF_REPORTER = 200
OCCUPATIONS = ("2-02-10-03", "2-02-07-06", "6-18-01-01", "")
#: wordings that no list knows, one row in twenty-five
UNLISTED = [f"岗位专项技能{number}号" for number in range(1, 41)]
#: what a bad row has in which column
BAD = ((6, "约12人"), (6, ""), (1, "2025年"), (9, "高级"), (2, "厦门？"))
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = [pow(3, place, 31) for place in range(17)]


def rows(number: int, bad_in_100: int) -> Iterator[tuple[object, ...]]:
    """The file's rows, of each reporter its total and then what it seeks; exactly `bad_in_100` of each 100 are bad."""
    luck = random.Random(35)
    wordings, places = listed(), cities()
    for place in range(number):
        reporter, of_reporter = divmod(place, ROWS_OF_REPORTER)
        code, industry = credit_code(reporter), f"{13 + reporter % 31}"
        if of_reporter == 0:
            row: list[object] = [code, QUARTER, "", "", "", "合计", 40 * ROWS_OF_REPORTER, "", "", "", "", ""]
        else:
            openings = int(luck.paretovariate(1.5))
            wording = luck.choice(UNLISTED if luck.random() < 0.04 else wordings)
            asked = (luck.choice(("", "1", "2", "第3层")), luck.choice(("", "是", "否")), "备注")
            row = [code, QUARTER, luck.choice(places), industry, luck.choice(OCCUPATIONS), wording,
                   min(openings, 40), openings * luck.randrange(8), f"HR-{of_reporter:04}", *asked]  # fmt: skip
        if place % 100 >= 100 - bad_in_100:  # never the row of a total
            column, value = BAD[(place // 100 + place) % len(BAD)]
            row[column] = value
        yield tuple(row)


def cities() -> list[str]:
    """Fifty places in force."""
    codes = (item["code"] for item in code_lists.document("regions")["items"])
    return [code for code in codes if code.isdigit() and code.endswith("00") and not code.endswith("0000")][:50]


def listed() -> list[str]:
    """Every code, Chinese title and alias of the list of skills."""
    items = code_lists.document("skills")["items"]
    return [wording for item in items for wording in (item["code"], item["title"]["zh"], *item["aliases"])]


def credit_code(number: int) -> str:
    """A unified social credit code with its check character (GB 32100)."""
    body = f"91350200MA{number:07d}"
    total = sum(CREDIT_LETTERS.index(letter) * weight for letter, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return body + CREDIT_LETTERS[-total % 31]


def write_csv(path: Path, number: int, bad_in_100: int, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADER, *rows(number, bad_in_100)])


def write_xlsx(path: Path, number: int, bad_in_100: int) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("用人需求")
    sheet.append(HEADER)
    for row in rows(number, bad_in_100):
        sheet.append([str(cell) if isinstance(cell, Quarter) else None if cell == "" else cell for cell in row])
    book.save(path)
