"""A progress bar for long work, on standard error, and none where that is no terminal."""

from collections.abc import Collection, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import track

T = TypeVar("T")


def steps(work: Collection[T], meaning: str) -> Iterator[T]:
    """Go through `work`, showing how far it is."""
    console = Console(stderr=True)
    yield from track(work, meaning, console=console, disable=not console.is_terminal, transient=True)
