"""The API and the page: thin routes over stages. Runs without Airflow."""
