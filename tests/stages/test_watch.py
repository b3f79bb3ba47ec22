"""Watch: what submitters leave in folders comes in once it is whole, once each, and stays where it is."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import fsspec
import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import watched as folders
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, pulls, watched
from ievq_pipeline.db.tables import FeedPull, Submission, WatchedFile
from ievq_pipeline.domain.errors import NothingToPull
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.pull import TAKEN, Outcome
from ievq_pipeline.stages import watch
from tests.made_up import FEED, at_once, counts, hand_in, open_feed, totals_file

Q = "2025-Q3"
FIRST, SECOND = (totals_file(Q, counts(Go=count)) for count in (1, 2))


def watching(house: House, template: str, roots: str) -> House:
    with house.sessions.begin() as session:
        feed = feeds.named(session, FEED)
        feed.watch_url, feed.pull_url = template, None
    return House(house.settings.model_copy(update={"watch_roots": roots}), house.engine)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "inbox" / Q
    made.mkdir(parents=True)
    return made


@pytest.fixture
def house_of(house: House, folder: Path) -> House:
    """A feed whose files lie in a local folder, and a quarter that is open."""
    open_feed(house, Q)
    root = folder.parent
    return watching(house, f"file://{root}/{{quarter}}/*.csv", f"file://{root}")


def aged(house: House) -> None:
    """As if ten minutes had passed."""
    with house.sessions.begin() as session:
        session.execute(text("UPDATE feed_pull SET next_at = now(), claimed_until = now() - interval '1 second'"))
        session.execute(text("UPDATE watched_file SET seen_at = seen_at - interval '10 minutes'"))


def looked(house: House, times: int = 2) -> str:
    """What is said after so many looks, ten minutes apart."""
    for _ in range(times):
        aged(house)
        assert house.watch() == [f"{FEED}:{Q}"]
    return row(house).said or ""


def row(house: House) -> FeedPull:
    with house.sessions() as session:
        return {one.quarter: one for _, one in pulls.every(session)}[Q]


def files(house: House) -> dict[str, WatchedFile]:
    with house.sessions() as session:
        return {Path(one.path).name: one for _, one in watched.every(session)}


def submissions(house: House) -> list[Submission]:
    with house.sessions() as session:
        return list(session.query(Submission).order_by(Submission.number))


@pytest.mark.parametrize("store", ["file", "memory"])
def test_a_file_comes_in_once_it_stood_still_and_again_when_it_has_changed(
    house_of: House, folder: Path, store: str
) -> None:
    house = house_of
    put: Callable[[bytes], object] = (folder / "九月.csv").write_bytes
    if store == "memory":
        house = watching(house_of, "memory://in/{quarter}/*.csv", "memory://in")
        memory = fsspec.filesystem("memory")
        put = lambda content: memory.pipe_file(f"/in/{Q}/九月.csv", content)  # noqa: E731
    assert looked(house, 1) == "no file there yet"
    put(FIRST)
    assert looked(house, 1) == "1 file(s); 1 not taken yet"
    assert submissions(house) == []
    looked(house, 1)
    [first] = submissions(house)
    assert (first.file_name, first.bytes, first.quarter) == ("九月.csv", len(FIRST), Q)
    assert str(first.id) in files(house)["九月.csv"].said
    assert looked(house) == "1 file(s)"
    put(SECOND)
    looked(house)
    assert [one.bytes for one in submissions(house)] == [len(FIRST), len(SECOND)]
    if store == "memory":
        assert memory.cat_file(f"/in/{Q}/九月.csv") == SECOND
        memory.rm("/in", recursive=True)
    else:
        assert (folder / "九月.csv").read_bytes() == SECOND


def test_a_file_that_still_grows_is_left_until_it_stands_still(house_of: House, folder: Path) -> None:
    with (folder / "a.csv").open("wb") as file:
        for part in (FIRST[:100], FIRST[100:300], FIRST[300:]):
            file.write(part)
            file.flush()
            looked(house_of, 1)
            assert submissions(house_of) == []
    looked(house_of, 1)
    assert [one.bytes for one in submissions(house_of)] == [len(FIRST)]


def test_two_looks_within_the_same_minute_take_nothing(house_of: House, folder: Path) -> None:
    (folder / "a.csv").write_bytes(FIRST)
    house_of.watch()
    with house_of.sessions.begin() as session:
        session.execute(text("UPDATE feed_pull SET next_at = now()"))
    house_of.watch()
    assert submissions(house_of) == []
    assert house_of.watch() == [], "and it is not due before it could have settled"


def test_what_programs_leave_and_what_is_not_meant_is_ignored(house_of: House, folder: Path) -> None:
    for name in ("~$a.csv", ".a.csv", "a.csv.part", "a.tmp", "notes.txt"):
        (folder / name).write_bytes(FIRST)
    (folder / "sub.csv").mkdir()
    assert looked(house_of) == "no file there yet"
    assert files(house_of) == {}


def test_of_several_files_the_latest_counts_and_a_touched_one_is_nothing_new(house_of: House, folder: Path) -> None:
    for number, (name, content) in enumerate({"b.csv": FIRST, "a.csv": SECOND}.items()):
        (folder / name).write_bytes(content)
        os.utime(folder / name, (1_700_000_000 + number,) * 2)
    looked(house_of)
    assert [one.file_name for one in submissions(house_of)] == ["b.csv", "a.csv"]
    os.utime(folder / "b.csv")
    looked(house_of)
    assert len(submissions(house_of)) == 2
    assert "the same bytes as submission" in files(house_of)["b.csv"].said


def test_a_folder_does_not_undo_a_correction_or_a_withdrawal(house_of: House, folder: Path) -> None:
    (folder / "a.csv").write_bytes(FIRST)
    looked(house_of)
    hand_in(house_of, Q, Go=3)
    with house_of.sessions.begin() as session:
        session.execute(text("UPDATE submission SET state = 'withdrawn', withdrawn_at = now()"))
    looked(house_of)
    assert len(submissions(house_of)) == 2


def test_a_file_that_was_handed_in_by_hand_gives_the_earlier_receipt(house_of: House, folder: Path) -> None:
    submission_id = hand_in(house_of, Q, Go=1)
    (folder / "a.csv").write_bytes(FIRST)
    looked(house_of)
    assert f"the same file as submission {submission_id}" in files(house_of)["a.csv"].said
    assert len(submissions(house_of)) == 1


def test_a_file_that_is_too_large_is_not_read_and_told_once(house_of: House, folder: Path) -> None:
    house = House(house_of.settings.model_copy(update={"upload_cap_mb": 1}), house_of.engine)
    with (folder / "a.csv").open("wb") as file:
        file.truncate(50_000_000_000)  # takes no room on the disk
    (folder / "empty.csv").touch()
    assert "too large: 50,000,000,000 bytes, at most 1 MB" in looked(house)
    assert files(house)["empty.csv"].said == "an empty file"
    assert looked(house) == "2 file(s)"
    assert (row(house).failures, submissions(house)) == (0, [])


def secret(tmp_path: Path) -> Path:
    hidden = tmp_path / "etc" / Q
    hidden.mkdir(parents=True)
    (hidden / "passwd.csv").write_bytes(FIRST)
    return hidden


def link_a_file(folder: Path, hidden: Path) -> None:
    (folder / "a.csv").symlink_to(hidden / "passwd.csv")


def link_the_folder(folder: Path, hidden: Path) -> None:
    folder.rmdir()
    folder.symlink_to(hidden)


def make_a_pipe(folder: Path, hidden: Path) -> None:
    os.mkfifo(folder / "a.csv")


@pytest.mark.parametrize("trick", [link_a_file, link_the_folder, make_a_pipe])
def test_nothing_in_a_folder_leads_out_of_it(
    house_of: House, folder: Path, tmp_path: Path, trick: Callable[[Path, Path], None]
) -> None:
    hidden = secret(tmp_path)
    trick(folder, hidden)
    looked(house_of)
    assert submissions(house_of) == []
    assert ("symbolic link" in (row(house_of).said or "")) is (trick is link_the_folder)


@pytest.mark.parametrize("trick", [link_a_file, make_a_pipe])
def test_a_name_that_becomes_something_else_between_look_and_reading_is_not_followed(
    house_of: House, folder: Path, tmp_path: Path, trick: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden, real = secret(tmp_path), folders.read
    (folder / "a.csv").write_bytes(FIRST)
    looked(house_of, 1)

    def swapped(*arguments: Any) -> bytes:
        (folder / "a.csv").unlink()
        trick(folder, hidden)
        return real(*arguments)

    monkeypatch.setattr(folders, "read", swapped)
    assert "a.csv: it" in looked(house_of, 1)
    assert submissions(house_of) == []


def test_a_feed_cannot_be_pointed_at_what_the_operator_has_not_allowed(house_of: House, folder: Path) -> None:
    (folder / "a.csv").write_bytes(FIRST)
    for roots in ("", "file:///srv", "s3://bucket/x"):
        moved = House(house_of.settings.model_copy(update={"watch_roots": roots}), house_of.engine)
        assert "IEVQ_WATCH_ROOTS" in looked(moved, 1)
    assert row(house_of).failures == 3
    looked(house_of)
    assert (row(house_of).failures, len(submissions(house_of))) == (0, 1)


def test_a_store_whose_library_is_missing_is_told(house_of: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(protocol: str) -> None:
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr("fsspec.filesystem", missing)
    house = watching(house_of, "s3://bucket/{quarter}/*.csv", "s3://bucket")
    assert looked(house, 1) == "the library for s3:// is not installed: Install s3fs to access S3"


@pytest.mark.parametrize("is_in", [False, True], ids=["before receive", "after receive"])
def test_a_kill_between_reading_and_writing_down_loses_and_doubles_nothing(
    house_of: House, folder: Path, is_in: bool
) -> None:
    (folder / "a.csv").write_bytes(FIRST)
    looked(house_of, 1)

    def die(feed: str, quarter: str, name: str, content: bytes) -> object:
        if is_in:
            hand_in(house_of, quarter, Go=1)  # these very bytes
        raise KeyboardInterrupt

    aged(house_of)
    tools = watch.Tools(house_of.sessions, house_of.settings.watch_roots, die, 1)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        watch.run_waiting(tools)
    assert house_of.watch() == [], "the claim of the dead is kept to"
    assert house_of.pull_named(FEED, Q)[0].said == TAKEN
    looked(house_of, 1)
    assert len(submissions(house_of)) == 1
    assert ("the same file as" if is_in else "handed in as") in files(house_of)["a.csv"].said


def test_several_workers_at_once_take_each_file_once(house_of: House, folder: Path) -> None:
    for number in range(6):
        (folder / f"{number}.csv").write_bytes(totals_file(Q, counts(Go=number)))
    looked(house_of, 1)
    aged(house_of)
    done = at_once(3, lambda _: house_of.watch())
    assert sorted(map(len, done)) == [0, 0, 1]
    assert len(submissions(house_of)) == 6


def test_by_hand_a_look_takes_a_moment_and_anew_hands_in_what_was_taken(
    house_of: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "SETTLES_BY_HAND", timedelta(milliseconds=50))
    (folder / "a.csv").write_bytes(FIRST)
    [tried] = house_of.pull_named(FEED)
    assert (tried.outcome, tried.submission_id) == (Outcome.FILE, submissions(house_of)[0].id)
    [again] = house_of.pull_named(FEED, Q)
    assert (again.outcome, again.submission_id) == (Outcome.UNCHANGED, None)
    hand_in(house_of, Q, Go=3)
    [anew] = house_of.pull_named(FEED, Q, is_anew=True)
    assert anew.submission_id == submissions(house_of)[2].id


def test_a_closed_quarter_and_a_feed_without_a_folder_are_not_looked_into(house_of: House, folder: Path) -> None:
    (folder / "a.csv").write_bytes(FIRST)
    house_of.close(Q, is_forced=True)
    assert house_of.watch() == []
    house_of.open_quarter(Quarter(2025, 4))
    with house_of.sessions.begin() as session:
        feeds.named(session, FEED).watch_url = None
    assert house_of.watch() == []
    with pytest.raises(NothingToPull):
        house_of.pull_named(FEED, "2025-Q4")


def test_no_transaction_is_open_while_a_file_is_read(
    house_of: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "a.csv").write_bytes(FIRST)
    looked(house_of, 1)
    states: list[str] = []
    real = folders.read

    def watches(*arguments: Any) -> bytes:
        with house_of.sessions() as session:
            mine = "datname = current_database() AND pid <> pg_backend_pid() AND state LIKE '%in transaction%'"
            states.extend(session.scalars(text(f"SELECT state FROM pg_stat_activity WHERE {mine}")))
        return real(*arguments)

    monkeypatch.setattr(folders, "read", watches)
    looked(house_of, 1)
    assert (states, len(submissions(house_of))) == ([], 1)
