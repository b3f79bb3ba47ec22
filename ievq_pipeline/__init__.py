"""The New Quality Technology Dynamic Database: quarterly feeds come in, tested skill alerts go out.

The rooms, in the order that data walks through them (`stages/`, one verb a file):

    receive → validate → store → close → detect → publish → deliver

The only two ways back are a receipt to the submitter and a correction to the subscribers.

    domain/         what is true: values in, values out; no database, clock, network or file
    stages/         what happens: load → decide → save, in short transactions; a room never calls another room
    db/             tables, sessions, migrations, and one module of named queries per noun
    adapters/       everything else outside: files, spreadsheets, checks, webhooks, the embedded Postgres
    bootstrap       reads the settings once, builds everything, hands the stages their tools
    web/            the API and the page: thin routes over stages
    orchestration/  the only place that imports Airflow; `dags/` beside the package holds order and schedule
    cli, dispatcher, stack, demo   what people start

`docs/architecture.md` has the same map with the doors of each room.
"""

__version__ = "0.1.0"
