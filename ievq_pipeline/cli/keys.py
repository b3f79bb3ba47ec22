"""`ievq keys …` and `endpoints …`: who may call, and where notices go."""

from typing import Annotated

import typer

from ievq_pipeline.cli.output import Json, document, group, listing, outcome
from ievq_pipeline.domain.role import Role

keys = group("keys", "API keys.")
endpoints = group("endpoints", "Webhook endpoints that get the notices.")
KEY_COLUMNS = ("name", "role", "feeds", "prefix", "created_at", "revoked_at")


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Whose key it is.")],
    feed: Annotated[list[str] | None, typer.Option(help="A feed that it may hand in for; may be given again.")] = None,
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.SUBMITTER,
    is_json: Json = False,
) -> None:
    """Make a key. It is shown now and never again."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds as stored_feeds
    from ievq_pipeline.db import keys as stored

    with open_house() as house, house.sessions.begin() as session:
        codes = [stored_feeds.named(session, code).code for code in feed or []]
        key = stored.create(session, name, role, codes)
    if is_json:
        document({"name": name, "role": role, "feeds": codes, "key": key})
    else:
        typer.echo(key)


@keys.command("list")
def list_keys(is_json: Json = False) -> None:
    """Every key by its beginning; the keys themselves are not stored."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import keys as stored

    with open_house() as house, house.sessions() as session:
        rows = [{column: getattr(key, column) for column in KEY_COLUMNS} for key in stored.every(session)]
    listing(rows, KEY_COLUMNS, is_json=is_json)


@keys.command("revoke")
def revoke_key(name: str, is_json: Json = False) -> None:
    """From now on the key opens nothing."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import keys as stored

    with open_house() as house, house.sessions.begin() as session:
        stored.revoke(session, name)
    outcome({"name": name, "state": "revoked"}, f"key {name} revoked", is_json=is_json)


@endpoints.command("add")
def add_endpoint(
    name: Annotated[str, typer.Argument(help="Whose endpoint it is.")],
    url: Annotated[str, typer.Argument(help="https address on port 443 or 8443, or one that IEVQ_EGRESS_ALLOW names.")],
    is_json: Json = False,
) -> None:
    """Register a webhook for what is published from now on. Its signing secret is shown now and never again."""
    from ievq_pipeline.adapters import webhook
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import endpoints as stored

    with open_house() as house:
        house.egress.check(url)
        secret = webhook.new_secret()
        with house.sessions.begin() as session:
            endpoint_id = stored.add(session, name, url, house.secret_box.seal(secret)).id
    if is_json:
        document({"endpoint_id": endpoint_id, "name": name, "url": url, "secret": secret})
    else:
        typer.echo(secret)


@endpoints.command("list")
def list_endpoints(is_json: Json = False) -> None:
    """Every endpoint, and whether it is disabled."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import endpoints as stored

    with open_house() as house, house.sessions() as session:
        rows = [
            {"endpoint_id": e.id, "name": e.name, "url": e.url, "created_at": e.created_at,
             "disabled_at": e.disabled_at, "disabled_why": e.disabled_why}
            for e in stored.every(session)
        ]  # fmt: skip
    listing(rows, ["name", "url", "created_at", "disabled_at", "disabled_why"], is_json=is_json)
