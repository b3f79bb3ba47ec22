"""A template as CSV: the same header, codes and keys, for those who fill in with a program; it carries no stamp."""

import csv
import io
import re

from ievq_pipeline.adapters.answers import FORMULA
from ievq_pipeline.adapters.templates.plan import plan
from ievq_pipeline.domain.template import Order

FORMULA_AT_START = re.compile(FORMULA)


def csv_twin(order: Order) -> bytes:
    """UTF-8 with the mark that spreadsheet programs need; no cell of it is a formula."""
    made = plan(order, {})
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(made.titles())
    writer.writerow([column.code for column in made.columns])
    for key in order.keys:
        writer.writerow(FORMULA_AT_START.sub(r"'\g<0>", cell) for cell in made.cells(key))
    return text.getvalue().encode("utf-8-sig")
