"""A template as an XLSX workbook: the same order gives the same bytes."""

import io
import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from openpyxl import Workbook

from ievq_pipeline.adapters.reading.stamp import SHEET
from ievq_pipeline.adapters.templates import sheets
from ievq_pipeline.adapters.templates.guide import guide
from ievq_pipeline.adapters.templates.plan import plan
from ievq_pipeline.domain.template import Order, Stamp

#: no template tells when it was made: the earliest time that a package can hold
MADE_AT = datetime(1980, 1, 1)  # noqa: DTZ001 - packages know no zones
CHANGED_AT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def workbook(order: Order, lists: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The workbook: entries, guide, a sheet for each code list, and the stamp, very hidden.

    `lists` holds code lists by name as `ievq codes show` prints them.
    """
    made = plan(order, lists)
    book = Workbook()
    book.remove(book.worksheets[0])
    sheets.entries(book, made)
    guide(book, made)
    sheets.choices(book, made)
    stamp = Stamp.of(order, {name: str(one["version"]) for name, one in lists.items()})
    sheets.stamp(book, stamp.entries(), SHEET)
    book.properties.creator, book.properties.title = "ievq", order.contract.title[order.language]
    stream = io.BytesIO()
    book.save(stream)
    return _timeless(stream.getvalue())


def _timeless(package: bytes) -> bytes:
    """The same package without the time at which it was written."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(package)) as read, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name in read.namelist():
            content = read.read(name)
            if name == "docProps/core.xml":
                content = CHANGED_AT.sub(rb"\g<1>" + MADE_AT.strftime("%Y-%m-%dT%H:%M:%SZ").encode(), content)
            about = zipfile.ZipInfo(name, MADE_AT.timetuple()[:6])
            about.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(about, content)
    return stream.getvalue()
