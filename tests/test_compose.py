"""docker-compose.yml and what it builds from, held against its schema, a linter, and the code that runs in it.

No engine is needed, and none was there when it was written: images are not built here. `make try-compose` runs the
services as processes.
"""

import base64
import fnmatch
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.adapters.postgres_server import SUPERUSER
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack.airflow import Airflow
from tests.compose_file import FILE, ROOT, services, variables

SERVICES = services()
JOBS = {"ievq-init", "airflow-init"}
OURS = {"ievq-init", "web", "dispatcher"}
AIRFLOWS = {name for name in SERVICES if name.startswith("airflow-")}
DOCKERFILES = sorted((ROOT / "docker").glob("*.Dockerfile"))
IGNORED = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]
EXAMPLE = (ROOT / ".env.example").read_text()
SECRET = re.compile(r"PASSWORD|SECRET|KEY")
COMPOSE = next((words for words in (["docker", "compose"], ["docker-compose"]) if shutil.which(words[0]) and
                subprocess.run([*words, "version"], capture_output=True).returncode == 0), None)  # fmt: skip


def run(*words: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, env=os.environ | environment)


def program(name: str) -> Path:
    return Path(sys.executable).parent / name


def test_it_is_as_the_specification_of_compose_says() -> None:
    done = run(program("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", FILE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_linter_finds_nothing_but_what_we_said_we_live_with() -> None:
    done = run(program("compose-lint"), "check", "--fail-on", "low", "--no-env", FILE)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(COMPOSE is None, reason="there is no docker compose here")
def test_compose_reads_it_and_misses_each_secret(tmp_path: Path) -> None:
    needed = {name for name, ways in variables().items() for how, _ in ways if how == "?"}
    whole = tmp_path / "whole"
    whole.write_text("".join(f"{name}=x\n" for name in needed))
    assert COMPOSE is not None
    assert run(*COMPOSE, "--env-file", whole, "config", "--quiet").returncode == 0
    for name in needed:
        partial = tmp_path / name
        partial.write_text("".join(f"{other}=x\n" for other in needed - {name}))
        done = run(*COMPOSE, "--env-file", partial, "config", "--quiet")
        assert done.returncode != 0
        assert name in done.stderr


def test_every_secret_is_demanded_and_the_demand_says_what_it_is() -> None:
    for name, ways in variables().items():
        for how, words in ways:
            assert how in "-?", f"{name} is empty where nobody sets it"
            assert how == "?" or not SECRET.search(name), f"{name} has a default"
            assert how == "-" or len(words.split()) > 2, name
    assert not re.search(r"(PASSWORD|SECRET\w*|KEY): (?!\$\{|/)\S", FILE.read_text()), "a secret in the file"


def test_the_example_of_an_environment_has_every_variable_and_no_value() -> None:
    names = re.findall(r"^(\w+)=(.*)$", EXAMPLE, re.MULTILINE)
    assert {name for name, _ in names} == variables().keys()
    assert not any(value for _, value in names)
    settings = {f"IEVQ_{name.upper()}" for name in Settings.model_fields}
    assert {name for name, _ in names if name.startswith("IEVQ_")} <= settings, (
        "`ievq` reads the same .env, and refuses"
    )


def test_the_example_makes_each_secret_by_a_command_that_works() -> None:
    made: dict[str, str] = {}
    for command, name in re.findall(r"^# (python3 .+)\n(\w+)=$", EXAMPLE, re.MULTILINE):
        made[name] = subprocess.run(shlex.split(command), capture_output=True, text=True, check=True).stdout.strip()
    assert made.keys() == {name for name in variables() if SECRET.search(name)}
    for name, value in made.items():
        assert re.fullmatch(r"[\w=-]{32,}", value), name  # may stand in an address
        if name in ("IEVQ_SECRET_KEY", "AIRFLOW_FERNET_KEY"):
            assert len(base64.urlsafe_b64decode(value)) == 32


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_open_on_this_machine_only(name: str) -> None:
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", []))


@pytest.mark.parametrize("name", SERVICES)
def test_each_that_stays_is_checked_and_comes_back(name: str) -> None:
    service = SERVICES[name]
    assert ("healthcheck" in service) == (name not in JOBS)
    assert service["restart"] == ("no" if name in JOBS else "unless-stopped")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_others_wait_for_is_there_and_will_come(name: str) -> None:
    for other, wait in SERVICES[name].get("depends_on", {}).items():
        assert "profiles" not in SERVICES[other]
        wanted = "service_completed_successfully" if other in JOBS else "service_healthy"
        assert wait["condition"] == wanted


def test_images_are_pinned_to_a_release() -> None:
    froms = [line.split()[1] for path in DOCKERFILES for line in path.read_text().splitlines() if line[:5] == "FROM "]
    for image in [service["image"] for service in SERVICES.values()] + froms:
        assert re.search(r":v?\d+\.\d+(\.\d+)?(-[a-z]+)*$", image), image


def test_the_mail_sink_is_for_demos_alone() -> None:
    assert [name for name, service in SERVICES.items() if service.get("profiles")] == ["mail"]
    assert SERVICES["mail"]["profiles"] == ["demo"]


def test_databases_and_broker_have_no_way_out() -> None:
    inside_only = {name for name, service in SERVICES.items() if service["networks"] == ["inside"]}
    assert {
        "postgres",
        "redis",
        "ievq-init",
        "airflow-init",
        "airflow-scheduler",
        "airflow-dag-processor",
    } == inside_only


def test_our_settings_have_the_names_that_the_program_knows() -> None:
    known = {f"IEVQ_{name.upper()}" for name in Settings.model_fields}
    for name in SERVICES:
        assert {one for one in SERVICES[name].get("environment", {}) if one.startswith("IEVQ_")} <= known, name
    for name in OURS | {"airflow-worker"}:
        assert {"IEVQ_DATABASE_URL", "IEVQ_SECRET_KEY", "IEVQ_PUBLIC_URL"} <= SERVICES[name]["environment"].keys()


def test_only_the_dispatcher_and_the_api_server_have_airflows_account() -> None:
    holders = {name for name, one in SERVICES.items() if "IEVQ_AIRFLOW_PASSWORD" in one.get("environment", {})}
    assert holders == {"dispatcher", "airflow-api-server"}
    assert not any("IEVQ_DATABASE_URL" in SERVICES[name]["environment"] for name in AIRFLOWS - {"airflow-worker"})


@pytest.mark.parametrize("name", sorted(AIRFLOWS))
def test_airflow_is_set_as_the_stack_sets_it(name: str, tmp_path: Path) -> None:
    one = Airflow(tmp_path, 8080, "ievq", "postgresql://u:p@host/airflow", broker="redis://host/0")
    stacks = {key: value for key, value in one.environment({}).items() if key.startswith("AIRFLOW__")}
    ours = {key: value for key, value in SERVICES[name]["environment"].items() if key.startswith("AIRFLOW__")}
    assert ours.keys() - {"AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK"} == stacks.keys()
    places = re.compile(r"KEY|SECRET|URL|CONN|BACKEND|FOLDER|FILE$|API__HOST")
    assert {key: ours[key] for key in stacks if not places.search(key)} == {
        key: value for key, value in stacks.items() if not places.search(key)
    }


def test_task_logs_are_in_a_folder_that_workers_and_api_server_share() -> None:
    mounts = {name: SERVICES[name]["volumes"] for name in ("airflow-api-server", "airflow-worker")}
    assert mounts["airflow-api-server"] == mounts["airflow-worker"] == ["airflow-logs:/opt/ievq/airflow/logs"]
    assert all("--skip-serve-logs" in SERVICES[name]["command"] for name in ("airflow-worker", "airflow-scheduler"))


def is_ignored(path: str) -> bool:
    parts = [path, *(str(parent) for parent in Path(path).parents)]
    return any(fnmatch.fnmatch(part, pattern.removeprefix("**/")) for part in parts for pattern in IGNORED)


def test_files_named_are_there() -> None:
    for service in SERVICES.values():
        if "build" in service:
            assert (ROOT / service["build"]["dockerfile"]).exists()
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert (ROOT / source).is_file() if source.startswith(".") else source in ("postgres", "airflow-logs")


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.name)
def test_what_an_image_copies_is_there_and_its_user_is_nobody_special(path: Path) -> None:
    lines = path.read_text().replace("\\\n", "").splitlines()
    copies = [line.split()[1:] for line in lines if line.startswith("COPY ")]
    sources = [source for words in copies if not words[0].startswith("--from") for source in words[:-1]]
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source == "." or not is_ignored(source), source
    assert [line for line in lines if line.startswith(("USER", "FROM"))][-1] == "USER ievq"
    scripts = {one for service in SERVICES.values() for one in re.findall(r"/opt/ievq/(\w+\.py)", str(service))}
    assert scripts <= {Path(source).name for path in DOCKERFILES for source in path.read_text().split()}


def test_the_context_holds_what_the_wheel_needs_and_nothing_secret() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [*wheel["packages"], *wheel["force-include"], project["project"]["readme"], "LICENSE", "uv.lock", "dags"]
    assert not [path for path in needed if is_ignored(path)]
    kept_out = [".env", ".env.local", ".git", ".venv/bin/python", "var/secret_key", "tests/chaos.py"]
    assert [path for path in kept_out if is_ignored(path)] == kept_out


@pytest.fixture(scope="module")
def empty_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A Postgres as its image has it on an empty volume: a superuser, and nothing of ours."""
    directory = tmp_path_factory.mktemp("compose") / "postgres"
    try:
        with embedded_postgres.lease(directory) as cluster:
            with psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True) as connection:
                for name in ("ievq", "airflow"):
                    connection.execute(f"DROP DATABASE {name}")
                    connection.execute(f"DROP ROLE {name}")
            yield cluster
    finally:
        embedded_postgres.remove(directory)


def test_the_roles_own_their_databases_and_nothing_more(empty_cluster: Cluster) -> None:
    passwords = {"ievq": 'it\'s "one" $HOME', "airflow": "another"}
    run_init_script(empty_cluster, passwords)
    where = {"host": "127.0.0.1", "port": empty_cluster.port}
    for name, other in (("ievq", "airflow"), ("airflow", "ievq")):
        login: dict[str, Any] = where | {"user": name, "password": passwords[name]}
        with psycopg.connect(dbname=name, **login) as connection:
            connection.execute("CREATE TABLE mine ()")
            rights = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = %s"
            assert connection.execute(rights, [name]).fetchone() == (False, False, False, False)
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(dbname=other, **login)


def run_init_script(cluster: Cluster, passwords: dict[str, str]) -> None:
    """As the image's entrypoint runs it, but over TCP, which the embedded Postgres has alone."""
    superuser = psycopg.conninfo.conninfo_to_dict(cluster.dsn("postgres", SUPERUSER))
    environment = {
        "PATH": f"{cluster.bindir}:{os.environ['PATH']}",
        "PGHOST": "127.0.0.1",
        "PGPORT": str(cluster.port),
        "PGPASSWORD": str(superuser["password"]),
        "POSTGRES_USER": SUPERUSER,
        "PASSWORD_OF_IEVQ": passwords["ievq"],
        "PASSWORD_OF_AIRFLOW": passwords["airflow"],
    }
    done = run(ROOT / "docker" / "postgres-init.sh", **environment)
    assert done.returncode == 0, done.stderr
