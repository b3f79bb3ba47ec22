"""The app's own worker: checks what is handed in at once, whether or not Airflow runs."""

import threading

import structlog

from ievq_pipeline.bootstrap import House

log = structlog.get_logger()
#: also looks without being told: for what another process received, or a killed one left half done
POLL_SECONDS = 2.0


class Worker:
    """One thread; `wake` tells it that a submission has come."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._woken = threading.Event()
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        self._woken.set()

    def stop(self) -> None:
        """Finish the file at hand, then end."""
        self._is_stopping = True
        self._woken.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._is_stopping:
            self._woken.clear()
            try:
                self._house.validate()
            except Exception:  # the database may be coming back from a crash: the rows wait
                log.exception("worker.failed")
            self._woken.wait(POLL_SECONDS)
