"""One small bad file for every finding code, and files that must not trip it: for the docs and for the tests."""

from tools.findings import cells, files, registers, rows, workbooks
from tools.findings.sample import Sample, Stated

SAMPLES: tuple[Sample, ...] = (*files.SAMPLES, *workbooks.SAMPLES, *cells.SAMPLES, *rows.SAMPLES, *registers.SAMPLES)
#: codes that a file alone cannot trip: their example is written by hand, and a test named here trips them
STATED: tuple[Stated, ...] = (*files.STATED, *rows.STATED, *registers.STATED)
#: files that must trip nothing that anybody would have to act on
GOOD = (*cells.GOOD, *workbooks.GOOD)
