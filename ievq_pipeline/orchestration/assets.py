"""What wakes the DAGs: submissions that arrived, and quarters that closed (partitioned: one key a quarter)."""

from airflow.sdk import Asset

from ievq_pipeline.adapters import airflow_api

SUBMISSIONS = Asset(airflow_api.SUBMISSIONS)
#: its events carry a key such as `2020-Q2`; an event without one never reaches a partitioned DAG, nor the reverse
QUARTERS = Asset(airflow_api.QUARTERS)
