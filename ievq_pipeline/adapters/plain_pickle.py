"""What a bounded child may send back: plain values, frames, and dataclasses, enums and exceptions of this package.

A child that a hostile file has taken over could otherwise name anything in its pickle, and have it run here.
"""

import enum
import importlib
import pickle
from dataclasses import is_dataclass
from pickle import UnpicklingError
from typing import IO, Any

import polars as pl

__all__ = ["UnpicklingError", "dump", "load"]

OURS = "ievq_pipeline."
OTHERS = {
    ("builtins", name) for name in ("set", "frozenset", "complex", "range", "slice", "bytearray")
} | {
    ("collections", "Counter"), ("collections", "OrderedDict"), ("collections", "defaultdict"),
    ("datetime", "date"), ("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone"),
    ("decimal", "Decimal"), ("fractions", "Fraction"), ("uuid", "UUID"),
    ("numpy", "dtype"), ("numpy", "ndarray"), ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"), ("numpy._core.numeric", "_frombuffer"),
    ("polars.dataframe.frame", "DataFrame"), ("polars.series.series", "Series"),
}  # fmt: skip


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        """Frames go column by column: their bytes at once would be as much memory again."""
        return (pl.DataFrame, (value.get_columns(),)) if isinstance(value, pl.DataFrame) else NotImplemented


class _Unpickler(pickle.Unpickler):
    def find_class(self, module_name: str, name: str) -> Any:
        if (module_name, name) in OTHERS:
            return super().find_class(module_name, name)
        if module_name.startswith(OURS) and "." not in name:
            found = getattr(importlib.import_module(module_name), name, None)
            is_plain = is_dataclass(found) or (isinstance(found, type) and issubclass(found, enum.Enum | BaseException))
            if isinstance(found, type) and is_plain and found.__module__ == module_name:
                return found
        raise UnpicklingError(f"{module_name}.{name} is nothing that a child may send")


def dump(value: Any, to: IO[bytes]) -> None:
    """Send a value."""
    pickler = _Pickler(to, protocol=5)
    pickler.fast = True  # it remembers nothing: bytes that are sent are not held
    pickler.dump(value)


def load(file: IO[bytes]) -> Any:
    """The next value of the stream. Raises UnpicklingError and EOFError."""
    return _Unpickler(file).load()
