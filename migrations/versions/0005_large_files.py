"""files in parts, findings as columns, rows mended without the file: a million rows do not fill memory"""

import io
import json
from typing import Any

import polars as pl
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"

SCHEMA: dict[str, Any] = {
    "code": pl.Categorical,
    "row": pl.Int64,
    "column": pl.Categorical,
    "position": pl.Int32,
    "value": pl.String,
    "parameters": pl.String,
}
#: bytes that come compressed, or are read whole: the database need not try
LARGE = (("submission_file", "content"), ("submission_answer", "accepted"), ("submission_answer", "findings"))
ANSWERS = "SELECT submission_id, body, findings FROM submission_answer"
WRITE = "UPDATE submission_answer SET body = :body, findings = :findings WHERE submission_id = :id"


def upgrade() -> None:
    op.add_column("submission_file", sa.Column("part", sa.Integer(), server_default="0", nullable=False))
    op.drop_constraint("pk_submission_file", "submission_file", type_="primary")
    op.create_primary_key("pk_submission_file", "submission_file", ["submission_id", "part"])
    op.add_column("submission", sa.Column("mended_from", sa.Uuid(), nullable=True))
    op.add_column("submission", sa.Column("mends", JSONB(), nullable=True))
    op.create_foreign_key("fk_submission_mended_from_submission", "submission", "submission", ["mended_from"], ["id"])
    op.add_column("submission_answer", sa.Column("findings", sa.LargeBinary(), nullable=True))
    _storage("EXTERNAL")
    connection = op.get_bind()
    for submission, body, _ in connection.execute(sa.text(ANSWERS)).all():
        found = body.pop("findings", [])
        counts: dict[str, int] = {}
        for one in found:
            counts[one["code"]] = counts.get(one["code"], 0) + 1
        values = {"id": submission, "body": json.dumps({**body, "counts": counts}), "findings": _packed(found)}
        connection.execute(sa.text(WRITE), values)


def downgrade() -> None:
    connection = op.get_bind()
    for submission, body, findings in connection.execute(sa.text(ANSWERS)).all():
        body.pop("counts", None)
        values = {"id": submission, "body": json.dumps({**body, "findings": _unpacked(findings)}), "findings": None}
        connection.execute(sa.text(WRITE), values)
    op.drop_column("submission_answer", "findings")
    op.drop_constraint("fk_submission_mended_from_submission", "submission", type_="foreignkey")
    op.drop_column("submission", "mends")
    op.drop_column("submission", "mended_from")
    _storage("EXTENDED")
    connection.execute(
        sa.text(
            """
            WITH whole AS (
                SELECT submission_id, string_agg(content, ''::bytea ORDER BY part) AS content
                FROM submission_file GROUP BY submission_id HAVING count(*) > 1
            ), gone AS (
                DELETE FROM submission_file USING whole
                WHERE submission_file.submission_id = whole.submission_id AND part > 0
            )
            UPDATE submission_file SET content = whole.content
            FROM whole WHERE submission_file.submission_id = whole.submission_id AND part = 0
            """
        )
    )
    op.drop_constraint("pk_submission_file", "submission_file", type_="primary")
    op.create_primary_key("pk_submission_file", "submission_file", ["submission_id"])
    op.drop_column("submission_file", "part")


def _storage(kind: str) -> None:
    for table, column in LARGE:
        if (table, column) != ("submission_answer", "findings") or kind == "EXTERNAL":
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STORAGE {kind}")


def _packed(found: list[dict[str, Any]]) -> bytes | None:
    if not found:
        return None
    rows = [{**one, "parameters": json.dumps(one["parameters"], ensure_ascii=False)} for one in found]
    stream = io.BytesIO()
    pl.DataFrame([{name: row.get(name) for name in SCHEMA} for row in rows], schema=SCHEMA).write_ipc_stream(stream)
    return stream.getvalue()


def _unpacked(kept: bytes | None) -> list[dict[str, Any]]:
    if kept is None:
        return []
    rows = pl.read_ipc_stream(io.BytesIO(kept)).to_dicts()
    return [{**row, "parameters": json.loads(row["parameters"]) if row["parameters"] else {}} for row in rows]
