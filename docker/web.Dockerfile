# The web app, the dispatcher and the command line `ievq`: no Airflow. The build context is the checkout.
FROM python:3.11.15-slim-bookworm AS build
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PROJECT_ENVIRONMENT=/opt/ievq/venv
WORKDIR /src
COPY tools/bootstrap.py tools/bootstrap.py
COPY pyproject.toml uv.lock ./
RUN uv=$(python3 tools/bootstrap.py uv) && "$uv" sync --locked --no-dev --no-install-project
COPY . .
RUN uv=$(python3 tools/bootstrap.py uv) && "$uv" sync --locked --no-dev --no-editable

FROM python:3.11.15-slim-bookworm
RUN useradd --uid 50000 --home-dir /var/lib/ievq --create-home --shell /usr/sbin/nologin ievq
COPY --from=build /opt/ievq/venv /opt/ievq/venv
COPY docker/health.py /opt/ievq/health.py
ENV PATH=/opt/ievq/venv/bin:$PATH IEVQ_DATA_DIR=/var/lib/ievq IEVQ_LOG_FORMAT=json PYTHONUNBUFFERED=1
USER ievq
WORKDIR /var/lib/ievq
CMD ["ievq", "--help"]
