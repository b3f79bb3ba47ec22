"""Serving the app with uvicorn, where its settings say."""

import uvicorn

from ievq_pipeline.bootstrap import House
from ievq_pipeline.web.app import create_app


def serve(house: House) -> None:
    """Serve until told to stop. Port 0 takes a free one; uvicorn logs which."""
    uvicorn.run(
        create_app(house),
        host=house.settings.web_host,
        port=house.settings.web_port,
        log_level=house.settings.log_level.lower(),
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
