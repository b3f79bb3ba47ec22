"""Where a watched folder may lie, and which files in it are meant."""

import pytest

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.watch import Place, is_temporary, place, require_root, root_of

ROOTS = "file:///srv/inbox, s3://bucket/prefix,memory://in"


@pytest.mark.parametrize(
    ("template", "found", "root"),
    [
        ("file:///srv/inbox/{quarter}/*.xlsx", Place("file", "/srv/inbox/2025-Q3", "*.xlsx"), "/srv/inbox"),
        ("file:///srv/inbox/{quarter}.csv", Place("file", "/srv/inbox", "2025-Q3.csv"), "/srv/inbox"),
        ("s3://bucket/prefix/a/{quarter}-*.csv", Place("s3", "bucket/prefix/a", "2025-Q3-*.csv"), "bucket/prefix"),
        ("memory://in/{quarter}/*", Place("memory", "in/2025-Q3", "*"), "in"),
    ],
)
def test_a_place_below_an_allowed_root_is_taken_apart(template: str, found: Place, root: str) -> None:
    assert place(template, "2025-Q3", ROOTS) == found
    assert root_of(found, ROOTS) == root


@pytest.mark.parametrize(
    "template",
    [
        "file:///srv/inbox/*.xlsx", "file:///etc/{quarter}", "file:///srv/inbox/../../etc/{quarter}",
        "file:///srv/inbox-of-others/{quarter}", "file:///srv/{quarter}",
        "/srv/inbox/{quarter}", "file://srv/inbox/{quarter}",
        "s3://bucket/{quarter}", "s3://other/prefix/{quarter}", "s3://key:secret@bucket/prefix/{quarter}",
        "simplecache::s3://bucket/prefix/{quarter}", "http://srv/inbox/{quarter}", "file:///srv/inbox/*/{quarter}.csv",
        "file:///srv/inbox/{quarter}/", "file:///srv/inbox//{quarter}", "file:///srv/inbox/{quarter}/**/b",
        "file:///srv/inbox/./{quarter}", "file:///srv/inbox/..\\..\\etc\\{quarter}",
        "file:///srv/inbox/\0{quarter}", "",
    ],
)  # fmt: skip
def test_any_other_place_is_refused_in_both_languages(template: str) -> None:
    with pytest.raises(BadCall) as refused:
        place(template, "2025-Q3", ROOTS)
    assert "有误" in refused.value.text("zh")


def test_without_roots_no_place_is_allowed() -> None:
    with pytest.raises(BadCall, match="IEVQ_WATCH_ROOTS"):
        place("file:///srv/inbox/{quarter}/*", "2025-Q3", "")


@pytest.mark.parametrize(
    "root", ["file:///", "file://", "/srv", "ftp://host/x", "file:///srv/*", "s3://", "file:///a/../b"]
)
def test_a_root_that_means_everything_or_nothing_is_refused(root: str) -> None:
    with pytest.raises(ValueError, match="watched folder"):
        require_root(root)


@pytest.mark.parametrize(
    ("name", "is_meant"),
    [
        ("九月.xlsx", True), ("a.xlsx", True), ("a.XLSX", False), ("~$a.xlsx", False), (".a.xlsx", False),
        ("a.xlsx.part", False), ("a.csv", False), (".~lock.a.xlsx", False),
    ],
)  # fmt: skip
def test_files_that_are_meant_and_files_of_programs(name: str, is_meant: bool) -> None:
    assert Place("file", "/x", "*.xlsx").takes(name) is is_meant


def test_what_is_being_written_is_seen_by_its_name() -> None:
    for name in ("~$a.xlsx", "a.part", "a.TMP", "a.crdownload", ".hidden", "a.csv~", "a.filepart", "#a#"):
        assert is_temporary(name)
    assert not is_temporary("part.csv")
