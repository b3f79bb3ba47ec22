"""Serving the app with uvicorn, on a port given or any free one."""

import uvicorn

from ievq_pipeline.bootstrap import House
from ievq_pipeline.web.app import create_app


def serve(house: House, host: str, port: int) -> None:
    """Serve until told to stop. Port 0 takes a free one; uvicorn logs which."""
    uvicorn.run(
        create_app(house),
        host=host,
        port=port,
        log_level=house.settings.log_level.lower(),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
