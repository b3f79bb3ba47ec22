"""`ievq run`, `serve`, `dispatch`, `stack …` and `demo`: the main job, and the processes that do it."""

from typing import Annotated

import typer

from ievq_pipeline.cli.output import Json, app, document, group, said

stack = group("stack", "Airflow, the web app and the dispatcher, together.")


@app.command("run")
def run(
    quarter: Annotated[str, typer.Option(help="Only what waits of this quarter; detection replays up to it.")] = "",
    is_json: Json = False,
) -> None:
    """What waits, through all the rooms in their order, in this process: the main job without Airflow."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.domain.period import Quarter
    from ievq_pipeline.progress import steps

    name = str(Quarter.parse(quarter)) if quarter else None
    with open_house() as house:
        done = {room: work() for room, work in steps(house.walk(name), "rooms")}
    if is_json:
        document(done)
        return
    for room, ids in done.items():
        said(f"{room}: {len(ids)}")


@app.command("serve")
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one.")] = -1,
) -> None:
    """The web app: API, feeds and page. Needs no Airflow."""
    from ievq_pipeline import settings
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.web import server

    read = settings.load()
    with open_house(read.serving(host or read.web_host, read.web_port if port < 0 else port)) as house:
        server.serve(house)


@app.command("dispatch")
def dispatch() -> None:
    """The dispatcher: listens and polls, wakes Airflow, delivers notices."""
    from ievq_pipeline import dispatcher
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        dispatcher.run(house)


@stack.command("up")
def up() -> None:
    """Start everything on 127.0.0.1, bring back what dies, and stay until Ctrl-C."""
    from ievq_pipeline import settings, stack

    stack.run(settings.load())


@stack.command("down")
def down() -> None:
    """End a stack that runs elsewhere, or what a kill left of one."""
    from ievq_pipeline import settings, stack

    stack.down(settings.load())


@app.command("demo")
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when everything has arrived.")] = False,
    quarters: Annotated[int, typer.Option(help="How many of the last quarters are live, 4 to 8.")] = 4,
) -> None:
    """The main job on real data, from nothing: feeds go in by HTTP, Airflow runs, alerts come out."""
    from ievq_pipeline import demo, settings

    raise typer.Exit(demo.run(settings.load(), is_once=once, live=quarters))
