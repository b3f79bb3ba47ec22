"""Sessions speak UTC, whatever the server, the machine or the operator's shell think of the time."""

import pytest
from sqlalchemy import text

from ievq_pipeline.db.session import connect, require
from ievq_pipeline.domain.errors import OutsideMissing


@pytest.mark.timezone
@pytest.mark.parametrize("zone", [None, "Asia/Shanghai"])
def test_a_session_speaks_utc_also_where_libpq_is_told_another_zone(
    migrated: str, monkeypatch: pytest.MonkeyPatch, zone: str | None
) -> None:
    if zone:
        monkeypatch.setenv("PGTZ", zone)
    engine = connect(migrated)
    with engine.connect() as connection:
        assert connection.execute(text("SHOW timezone")).scalar_one() == "UTC"
        connection.rollback()
        assert connection.execute(text("SELECT now()")).scalar_one().isoformat().endswith("+00:00")
    engine.dispose()


def test_a_database_that_does_not_answer_is_something_outside_that_is_missing() -> None:
    engine = connect("postgresql+psycopg://nobody:x@127.0.0.1:1/none")
    with pytest.raises(OutsideMissing, match="does not answer"):
        require(engine)
    engine.dispose()
