"""The Airflow to talk to from another terminal: the one that is named, or that of the stack in the data directory."""

from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import processes
from ievq_pipeline.stack import record as records
from ievq_pipeline.stack.airflow import Airflow


def airflow_api(settings: Settings) -> AirflowApi:
    """Raises OutsideMissing when none is named and no stack runs here."""
    url, password = settings.airflow_url, settings.airflow_password
    if url and password:
        return AirflowApi(url, settings.airflow_user, password.get_secret_value())
    record = records.load(settings.data_dir / "stack.json")
    if record.parent is None or not processes.is_alive(record.parent) or "airflow" not in record.ports:
        raise OutsideMissing(
            f"No stack runs in {settings.data_dir}. Start one with `ievq stack up`, or name another Airflow in"
            " IEVQ_AIRFLOW_URL and IEVQ_AIRFLOW_PASSWORD."
        )
    one = Airflow(settings.data_dir / "airflow", record.ports["airflow"], settings.airflow_user, "")
    return AirflowApi(one.url, one.user, one.password)
