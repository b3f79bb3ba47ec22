"""The only place that imports Airflow: its assets, and the way from a task into a room (order is in `dags/`)."""
