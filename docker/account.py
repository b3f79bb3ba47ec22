"""`account.py PROGRAM …`: write Airflow's one account where its API server looks for it, then become the program."""

import json
import os
import sys
from pathlib import Path


def main(words: list[str]) -> None:
    """The account is that with which the dispatcher wakes Airflow; people log in with it too."""
    place = Path(os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"])
    user = os.environ["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"].partition(":")[0]
    place.unlink(missing_ok=True)  # one of an earlier start, perhaps with another password
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({user: os.environ.pop("IEVQ_AIRFLOW_PASSWORD")}, file)
    os.execvp(words[0], words)  # noqa: S606 - the program becomes the container's first process


if __name__ == "__main__":
    main(sys.argv[1:])
