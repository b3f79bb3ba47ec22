"""What is true: values in, values out. No database, clock, network, file, Airflow or web."""
