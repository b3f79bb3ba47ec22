"""The lists of codes as shipped: complete as far as their sources, and what a version says never changes."""

import hashlib
import re
import subprocess
import sys
import time
from collections import Counter

import pytest

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.code_list_files import LISTS, place
from ievq_pipeline.domain.code_list import ChangeKind, How
from ievq_pipeline.domain.region import NO_PLACES

#: by list and version: whoever changes a row gives the list a new version in lists.csv, and its digest here
DIGESTS = {
    ("regions", "2026"): "e2a1ffbbc3c797ed14f0eb433e025bfcb1d928116634217e699089ba82a90020",
    ("industries", "2017"): "29695b6c4c439265d06991d73f1c775e1ecf36634f0f7d67f84355d5ab754fcc",
    ("occupations", "2022"): "d44080aefb84fce5880dbecd2432192eab61605548756abd97beab62342d345e",
    ("programmes", "2021"): "ff0130500f025ad161395be674a2d865f2ccd57cd4805fafd439fe898960e25f",
    ("esco-skills", "1.2.1"): "4a27c8e5753fa826caaa5ec5794045ef7e0aed3e2fba852fb053c415d09aeed3",
}
FILES = {
    "regions": ("regions.csv", "region_history.csv"),
    "industries": ("industries.csv",),
    "occupations": ("occupations.csv",),
    "programmes": ("programmes.csv",),
    "esco-skills": ("esco_skills.csv.gz",),
}
LISTED = code_lists.coded()


@pytest.mark.parametrize("name", FILES)
def test_what_a_version_says_never_changes(name: str) -> None:
    content = b"".join((place() / file).read_bytes() for file in FILES[name])
    assert hashlib.sha256(content).hexdigest() == DIGESTS[name, LISTED[name].version], "give it a new version"


@pytest.mark.parametrize("name", FILES)
def test_every_item_has_titles_and_a_parent_that_is_there(name: str) -> None:
    items = LISTED[name].items
    for item in items.values():
        assert item.title.zh
        assert item.title.en
        assert item.title.zh == item.title.zh.strip()
        assert item.parent is None or item.parent in items
        assert LISTED[name].find(item.code).code == item.code
    about = code_lists.about()[name]
    assert about.source
    assert about.licence


def test_regions_are_34_provinces_and_what_lies_in_them() -> None:
    items = LISTED["regions"].items
    codes = [code for code in items if code not in NO_PLACES]
    levels = Counter(
        "province" if c.endswith("0000") else "prefecture" if c.endswith("00") else "county" for c in codes
    )
    assert levels == {"province": 34, "prefecture": 333, "county": 2847}
    assert all(re.fullmatch("[1-9][0-9]{5}", code) for code in codes)
    assert {"710000", "810000", "820000", "659012", "653228", "653229", "441900", "442000", "460400", "620200"} <= set(
        codes
    )
    below = Counter(item.parent for item in items.values())
    assert [below[city] for city in ("441900", "442000", "460400", "620200")] == [0, 0, 0, 0]
    assert {code for code, item in items.items() if not item.more["is_place"]} == NO_PLACES
    assert {code for code, item in items.items() if not item.more["is_translated"]} == {
        code for code in codes if not code.endswith("00")
    }


def test_old_codes_lead_to_codes_of_today_and_what_is_certain_to_one() -> None:
    regions = LISTED["regions"]
    history = regions.changes()
    assert len(history) > 3_500
    for one in history:
        assert set(one.successors) <= set(regions.items)
        assert 1980 < one.year <= 2026
        assert len(one.successors) == 1 or not one.kind.is_certain
        assert (one.code in regions.items) == (one.kind is ChangeKind.RENAMED)
    assert len({one.code for one in history if one.kind is not ChangeKind.RENAMED}) == sum(
        one.kind is not ChangeKind.RENAMED for one in history
    )


@pytest.mark.parametrize(
    ("old", "code"),
    [
        ("350127", "350181"), ("110224", "110115"), ("310230", "310151"), ("512323", "500119"), ("371202", "370116"),
        ("310108", "310106"), ("120107", "120116"), ("450127", "450181"), ("370620", "371000"), ("139001", "130682"),
        ("132626", "130824"), ("襄樊市", "420600"), ("110100", "110000"), ("500200", "500000"), ("320571", "320500"),
        ("苏州工业园区", "320500"), ("大兴县", "110115"), ("伊克昭盟", "150600"),
    ],
)  # fmt: skip
def test_one_to_one_moves_migrate(old: str, code: str) -> None:
    found = LISTED["regions"].find(old)
    assert (found.how, found.code) == (How.MOVED, code)


@pytest.mark.parametrize(
    ("old", "candidates"),
    [
        ("371200", {"370116", "370117"}), ("320283", {"320205", "320206"}), ("500112", {"500109", "500157"}),
        ("341400", {"340100", "340200", "340500"}), ("330104", {"330102", "330114"}), ("230702", {"230717", "230718"}),
    ],
)  # fmt: skip
def test_what_was_divided_names_its_successors_and_migrates_nowhere(old: str, candidates: set[str]) -> None:
    found = LISTED["regions"].find(old)
    assert (found.how, found.code, set(found.candidates)) == (How.ENDED, None, candidates)


def test_industries_are_counted_as_the_standard_counts_but_for_one_class() -> None:
    items = LISTED["industries"].items
    assert Counter(map(len, items)) == {1: 20, 2: 97, 3: 473, 4: 1381}  # officially 1382 since 2019
    for code, item in items.items():
        assert item.parent == (None if len(code) == 1 else item.parent if len(code) == 2 else code[:-1])
        assert item.more["is_translated"] == (len(code) < 3)
    sections = {code: item.parent for code, item in items.items() if len(code) == 2}
    assert (sections["39"], sections["11"], sections["12"], sections["65"], sections["97"]) == ("C", "B", "B", "I", "T")


def test_occupations_have_their_marks_apart_from_their_titles() -> None:
    items = LISTED["occupations"].items
    assert Counter(item.more["level"] for item in items.values()) == {
        "major": 8, "sub-major": 72, "minor": 335, "occupation": 1632,
    }  # fmt: skip
    marks = Counter((item.more["is_digital"], item.more["is_green"]) for item in items.values())
    assert (marks[True, False], marks[False, True], marks[True, True]) == (72, 111, 23)
    assert not any(re.search("[SL]$", item.title.zh) for item in items.values())


def test_programmes_are_counted_as_the_ministry_counts_them() -> None:
    items = LISTED["programmes"].items
    shape = Counter((item.more["level"], len(code.removesuffix("K"))) for code, item in items.items())
    assert [shape[level, 6] for level in ("secondary", "associate", "bachelor")] == [358, 744, 247]
    assert [shape[level, 4] for level in ("secondary", "associate", "bachelor")] == [88, 97, 90]
    assert [shape[level, 2] for level in ("secondary", "associate", "bachelor")] == [19, 19, 19]
    assert sum(bool(item.more["is_controlled"]) for item in items.values()) == 47
    assert all(item.parent == (code.removesuffix("K")[:-2] or None) for code, item in items.items())


def test_esco_skills_are_those_of_the_collections() -> None:
    items = LISTED["esco-skills"].items.values()
    counts = Counter(name for item in items for name, value in item.more.items() if value is True)
    assert counts == {"is_digital": 1284, "is_digcomp": 25, "is_green": 629}
    assert all(item.code.startswith("http://data.europa.eu/esco/skill/") for item in items)
    assert (
        "This service uses the ESCO classification of the European Commission"
        in code_lists.about()["esco-skills"].source
    )


def test_the_three_lists_of_a_check_are_read_in_a_moment() -> None:
    def seconds() -> float:
        start = time.process_time()
        for name in ("regions", "industries", "occupations"):
            LISTS[name]("x")
        return time.process_time() - start

    assert min(seconds() for _ in range(5)) < 0.05


def test_nothing_is_read_before_it_is_asked_for() -> None:
    program = (
        "from ievq_pipeline.adapters import code_lists as lists; coded = lists.coded(); "
        "assert 'regions' in coded and len(coded) == 5; print(lists.code_list.cache_info().currsize)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "0\n"
