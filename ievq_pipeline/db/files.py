"""The bytes of what was handed in, in parts: written and read without holding a file whole."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from sqlalchemy import Uuid, insert, literal, select
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import SubmissionFile

#: bytes of a part
PART = 4 << 20
COPY = "COPY submission_file (submission_id, part, content) FROM STDIN (FORMAT binary)"


def keep(session: Session, submission_id: uuid.UUID, content: BinaryIO) -> None:
    """Write the bytes from the stream's place on; an empty file has one empty part."""
    cursor = session.connection().connection.cursor()
    with cursor.copy(COPY) as copy:
        copy.set_types(["uuid", "int4", "bytea"])
        part = 0
        while (piece := content.read(PART)) or part == 0:
            copy.write_row((submission_id, part, piece))
            part += 1


def copy(session: Session, of: uuid.UUID, to: uuid.UUID) -> None:
    """The bytes of one submission for another as well."""
    parts = select(literal(to, Uuid), SubmissionFile.part, SubmissionFile.content)
    names = ["submission_id", "part", "content"]
    session.execute(insert(SubmissionFile).from_select(names, parts.where(SubmissionFile.submission_id == of)))


def parts(session: Session, submission_id: uuid.UUID) -> Iterator[bytes]:
    """The bytes in order, a part at a time."""
    query = select(SubmissionFile.content).where(SubmissionFile.submission_id == submission_id)
    yield from session.scalars(query.order_by(SubmissionFile.part).execution_options(yield_per=1))


@contextmanager
def spooled(session: Session, submission_id: uuid.UUID) -> Iterator[Path]:
    """The file on disk, for as long as it is needed."""
    with TemporaryDirectory(prefix="ievq-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as file:
            for piece in parts(session, submission_id):
                file.write(piece)
        yield path
