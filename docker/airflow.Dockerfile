# Airflow's parts and its Celery workers, with our rooms beside them. The build context is the checkout.
FROM python:3.11.15-slim-bookworm AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PROJECT_ENVIRONMENT=/opt/ievq/venv
WORKDIR /src
COPY tools/bootstrap.py tools/bootstrap.py
COPY pyproject.toml uv.lock ./
RUN uv=$(python3 tools/bootstrap.py uv) && \
    "$uv" sync --locked --no-dev --no-install-project --extra airflow --extra celery
COPY . .
RUN uv=$(python3 tools/bootstrap.py uv) && \
    "$uv" sync --locked --no-dev --no-editable --extra airflow --extra celery

FROM python:3.11.15-slim-bookworm
RUN useradd --uid 50000 --home-dir /opt/ievq/airflow --create-home --shell /usr/sbin/nologin ievq
COPY --from=build /opt/ievq/venv /opt/ievq/venv
COPY dags /opt/ievq/dags
COPY docker/health.py docker/account.py /opt/ievq/
ENV PATH=/opt/ievq/venv/bin:$PATH AIRFLOW_HOME=/opt/ievq/airflow PYTHONUNBUFFERED=1
USER ievq
WORKDIR /opt/ievq/airflow
# the folder of the logs is made here, so that a volume mounted there belongs to this user
RUN mkdir config logs && echo 'from ievq_pipeline.orchestration import local_settings' > config/airflow_local_settings.py
CMD ["airflow", "version"]
