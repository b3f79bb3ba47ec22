"""A watched folder, local or in an object store: what lies in it now, and the bytes of one file. Nothing is changed.

Local files are opened folder by folder from the root that the operator allows, and no symbolic link is followed below
it: what a submitter puts there can lead nowhere else.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, Any

import fsspec
from fsspec.spec import AbstractFileSystem

from ievq_pipeline.domain.watch import Place

#: files of one folder that a look takes in; more are told
MOST_FILES = 200
CHUNK = 1 << 20
#: what a file system tells of a file that changes when its bytes do
TIMES = ("mtime", "created", "LastModified", "last_modified", "updated")
MARKS = ("size", *TIMES, "ETag", "etag", "md5Hash", "generation")


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it stands: its path, and size, time and tag as text; `order` sorts the older ones first."""

    path: str
    name: str
    size: int
    stamp: str
    order: str


class Unseen(Exception):
    """The folder or a file cannot be read; the message says why, for an engineer."""


def look(place: Place, root: str) -> tuple[list[Seen], int]:
    """The files of the folder that are meant, the oldest first, and how many more there are than are taken in.

    A folder that is not there yet has none. Raises Unseen.
    """
    try:
        listed = list(_local(place, root)) if place.protocol == "file" else list(_stored(place))
    except Unseen:
        raise
    except Exception as error:  # each store's library has errors of its own
        raise Unseen(f"the folder cannot be read: {_words(error)}") from error
    found = sorted((seen for seen in listed if place.takes(seen.name)), key=lambda seen: (seen.order, seen.path))
    return found[-MOST_FILES:], max(len(found) - MOST_FILES, 0)


def read(place: Place, root: str, seen: Seen, cap_mb: int) -> bytes:
    """The bytes of a file, no more than the cap ever held. Raises Unseen, also when it has changed since the look."""
    cap = cap_mb * 1_000_000
    try:
        with _opened(place, root, seen) as file:
            content = bytearray()
            while part := file.read(CHUNK):
                content += part
                if len(content) > cap:
                    raise Unseen(f"too large: at most {cap_mb} MB")
    except Unseen:
        raise
    except FileNotFoundError:
        raise Unseen("it has gone meanwhile") from None
    except Exception as error:
        raise Unseen(f"it cannot be read: {_words(error)}") from error
    if len(content) != seen.size:
        raise Unseen("it is still being written")
    return bytes(content)


def _stored(place: Place) -> Iterator[Seen]:
    files = _file_system(place)
    with suppress(FileNotFoundError):
        files.invalidate_cache()
        for entry in files.ls(place.folder, detail=True):
            if entry.get("type") == "file":
                path = str(entry["name"])
                marks = {mark: str(entry[mark]) for mark in MARKS if entry.get(mark) is not None}
                order = next((marks[mark] for mark in TIMES if mark in marks), "")
                yield Seen(path, path.rpartition("/")[2], int(entry["size"]), str(marks), order)


def _file_system(place: Place) -> AbstractFileSystem:
    try:
        return fsspec.filesystem(place.protocol)
    except ImportError as missing:
        raise Unseen(f"the library for {place.protocol}:// is not installed: {_words(missing)}") from missing


def _local(place: Place, root: str) -> Iterator[Seen]:
    try:
        folder = _folder(root, place.folder)
    except FileNotFoundError:
        return
    try:
        for name in os.listdir(folder):  # noqa: PTH208 - by its descriptor
            with suppress(OSError):
                told = os.stat(name, dir_fd=folder, follow_symlinks=False)
                if stat.S_ISREG(told.st_mode):
                    stamp = f"{told.st_size} {told.st_mtime_ns} {told.st_ino}"
                    yield Seen(f"{place.folder}/{name}", name, told.st_size, stamp, f"{told.st_mtime_ns:024d}")
    finally:
        os.close(folder)


@contextmanager
def _opened(place: Place, root: str, seen: Seen) -> Iterator[IO[Any]]:
    if place.protocol != "file":
        with _file_system(place).open(seen.path, "rb") as file:
            yield file
        return
    folder = _folder(root, place.folder)
    try:
        # a name may have become a pipe since the look: opening one would wait for ever
        one = os.open(seen.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(one, "rb") as file:
        if not stat.S_ISREG(os.fstat(one).st_mode):
            raise Unseen("it is no file")
        yield file


def _folder(root: str, folder: str) -> int:
    """A descriptor of the folder, reached from the root without a symbolic link. Raises Unseen, FileNotFoundError."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    at = os.open(root, flags)
    for name in filter(None, folder.removeprefix(root).split("/")):
        try:
            below = os.open(name, flags | os.O_NOFOLLOW, dir_fd=at)
        except NotADirectoryError:
            raise Unseen(f"“{name}” is no folder, or a symbolic link, which is not followed") from None
        finally:
            os.close(at)
        at = below
    return at


def _words(error: BaseException) -> str:
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(text.split())[:200]
