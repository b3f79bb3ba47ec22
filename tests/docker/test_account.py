"""Airflow's account in a container: written anew at each start, read by its owner alone, unknown to the program."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

ACCOUNT = Path(__file__).parents[2] / "docker" / "account.py"


def test_the_account_is_written_and_the_program_takes_over(tmp_path: Path) -> None:
    place = tmp_path / "passwords.json"
    place.write_text('{"ievq": "of an earlier start"}')
    environment = {
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(place),
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": "ievq:admin",
        "IEVQ_AIRFLOW_PASSWORD": 'with "quotes"',
    }
    program = [sys.executable, "-c", "import os; print(os.getpid(), 'IEVQ_AIRFLOW_PASSWORD' in os.environ)"]
    with subprocess.Popen(
        [sys.executable, ACCOUNT, *program], env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as process:
        told = process.communicate()[0].split()
    assert told == [str(process.pid), "False"]
    assert json.loads(place.read_text()) == {"ievq": 'with "quotes"'}
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
