"""The web app: API, alert feeds and page over one house, with its own worker. Runs without Airflow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import text

from ievq_pipeline import __version__
from ievq_pipeline.bootstrap import House
from ievq_pipeline.web import (
    alerts,
    codes,
    confirmations,
    coverage,
    observations,
    pages,
    problems,
    quarter_pages,
    submission_pages,
    submissions,
    template_files,
    wordings,
)
from ievq_pipeline.web.callers import TheHouse
from ievq_pipeline.web.upload_cap import UploadCap
from ievq_pipeline.web.worker import Worker


def create_app(house: House) -> FastAPI:
    """The app over an open house; its worker lives as long as the app."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.worker = Worker(house)
        app.state.worker.start()
        yield
        app.state.worker.stop()

    app = FastAPI(
        title="New Quality Technology Dynamic Database · 新质技术动态数据库",
        version=__version__,
        lifespan=lifespan,
        redoc_url=None,
        docs_url=None,
        responses=problems.DOCUMENTED,
    )
    app.state.house = house
    problems.install(app)
    caps = house.settings
    app.add_middleware(UploadCap, cap_mb=caps.upload_cap_mb, workbook_cap_mb=caps.workbook_cap_mb)
    for room in (
        submissions,
        confirmations,
        template_files,
        observations,
        coverage,
        wordings,
        alerts,
        codes,
        pages,
        quarter_pages,
        submission_pages,
    ):
        app.include_router(room.router)
    app.get("/healthz", tags=["health"])(healthz)
    return app


def healthz(house: TheHouse) -> dict[str, str]:
    """200 when the database answers."""
    with house.sessions() as session:
        session.execute(text("SELECT 1"))
    return {"status": "ok", "version": __version__}
