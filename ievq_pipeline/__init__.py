"""The New Quality Technology Dynamic Database: quarterly feeds come in, tested skill alerts go out.

The rooms, in the order that data walks through them (`stages/`, one verb a file):

    receive → validate → store → close → detect → publish → deliver

The only two ways back are a receipt to the submitter and a correction to the subscribers. `carry` stands beside
the walk and wakes Airflow: events only wake, the rows are the truth.

    domain/         what is true: values in, values out; no database, clock, network or file
    stages/         what happens: load → decide → save, in short transactions; a room never calls another room
    db/             tables, sessions, migrations, and one module of named queries per noun
    adapters/       everything else outside: files, checks, webhooks, Airflow's API, the embedded Postgres
    bootstrap       builds everything once, and gives a `House` with one method per room
    inquiries       what can be asked of the house; nothing is changed by asking
    settings, log, progress   the environment, read once; logging, set up once; progress bars
    web/            the API, the alert feeds and the page: thin routes over stages, and a worker that checks at once
    dispatcher      the process that listens, carries events to Airflow and delivers notices
    stack/          starts, watches and stops the processes
    orchestration/  the only place that imports Airflow; `dags/` beside the package holds order and schedule
    cli/            the command `ievq`, one file per noun
    demo/           the main job on real data, as its users do it

`docs/architecture.md` has the same map with the doors of each room, and says which files a change touches.
"""

__version__ = "0.1.0"
