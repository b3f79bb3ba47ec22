"""data/codes/programmes.csv from programmes.txt beside this file: `python -m tools.code_lists.programmes`.

The catalogue stands there as the ministry orders it: level, category, class, and the programmes of a class in the
order of their numbers. K marks the programmes whose places the state controls; it is part of their codes.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tools.code_lists.written import write

SOURCE = Path(__file__).with_suffix(".txt")
#: how the catalogue calls its levels → how we do, and how many programmes the ministry says there are
LEVELS = {"中职": ("secondary", 358), "高职专科": ("associate", 744), "高职本科": ("bachelor", 247)}


def rows() -> Iterator[tuple[str, str, str, str]]:
    """Code, title, parent, level."""
    level = ""
    for line in SOURCE.read_text("utf-8").splitlines():
        if line in LEVELS:
            level = LEVELS[line][0]
            continue
        named, _, programmes = line.partition("：")
        code, title = named.split(" ")
        yield code, title, code[:-2] if programmes else "", level
        for place, programme in enumerate(programmes.split(), 1):
            plain = programme.removesuffix("K")
            yield f"{code}{place:02}{programme[len(plain) :]}", plain, code, level


if __name__ == "__main__":
    made = list(rows())
    counts = Counter(level for code, _, _, level in made if len(code) > 4)
    if counts != dict(LEVELS.values()):
        raise SystemExit(f"not what the ministry counts: {counts}")
    print(write("programmes.csv", ("code", "title_zh", "parent", "level"), made), dict(counts))
