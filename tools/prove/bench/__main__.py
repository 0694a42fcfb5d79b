"""`make bench`: measure on private servers with durable writes; print the tables and write var/bench.json."""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tools.prove.bench import beside, engine, filing, lag, ledger, pages, reading, reporting, rounds, rows, way
from tools.prove.bench.figures import Figure, show, write
from tools.prove.bench.parts import Talking
from tools.prove.bench.running import LINE_PREFIX, running
from tools.run.children import wait_until
from tools.run.embedded import Servers, leave_on_sigterm, temporary_servers
from tools.run.installation import ROOT, STATE, Address, free_port, manage_command
from tools.run.postgres import DATABASE, OWNER
from tools.run.ready_tables import ready_tables_load
from tools.run.state import StateError

FILING, SMALL, LARGE = "allclear_filing", "allclear_small", "allclear_large"
FEW, MANY, WAY = "allclear_few", "allclear_many", "allclear_way"
REPORT, LEDGER, ROUNDS = "allclear_report", "allclear_ledger", "allclear_rounds"
SAMPLER = "teacher.lin"


def main() -> int:
    """Run the parts asked for; return 0 when all could be measured, whatever the figures say."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="blocks of each kind")
    parser.add_argument("--seconds", type=float, default=5, help="length of a block of filing")
    parser.add_argument("--small", type=int, default=10_000, help="tickets, or armed timers, in the small database")
    parser.add_argument(
        "--large", type=int, default=1_000_000, help="tickets, armed timers, or leaves, in the large database"
    )
    parser.add_argument("--hold", type=float, default=60, help="seconds for which a snapshot is held")
    parser.add_argument("--calm", type=int, default=20, help="reports of the whole way filed one at a time")
    parser.add_argument("--crowd", type=int, default=100_000, help="tickets among which a list and a ticket are read")
    parser.add_argument("--classes", type=int, default=500, help="classes of the school whose day is summed up")
    parser.add_argument("--storm", type=int, nargs="*", default=[300, 2000], help="reports of the whole way at once")
    parser.add_argument("--categories", type=int, default=40, help="categories reported at the page by a robot")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part; may be repeated")
    parser.add_argument("--output", type=Path, default=STATE / "bench.json", help="where the figures go")
    options = parser.parse_args()
    leave_on_sigterm()
    console = Console()
    with temporary_servers(durable=True, line_prefix=LINE_PREFIX) as servers, progress_on(console) as progress:
        task = progress.add_task("laying out the schools", total=1)
        lay_out(servers)
        progress.advance(task)
        figures = {name: PARTS[name](servers, options, progress) for name in options.part or PARTS}
        if "way" in figures:
            filed = figures.get("filing") or measure_filing(servers, options, progress)
            figures["way"] += [figure for figure in filed if figure.target]
    for name, rows_of_table in figures.items():
        show(name, rows_of_table, console)
    write(options.output, figures, facts(options))
    console.print(f"The figures are in {options.output}.")
    return 0


def progress_on(console: Console) -> Progress:
    """Return the progress bars of a run."""
    columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def measure_filing(servers: Servers, options: argparse.Namespace, progress: Progress) -> list[Figure]:
    """Measure filing in a database of its own."""
    environment = schools_in(servers, FILING)
    with Talking("tools.prove.bench.django_process", environment) as hands:
        return filing.measure(
            address=Address("127.0.0.1", free_port()),
            environment=environment,
            hands=hands,
            database=servers.postgres.data,
            rounds=options.rounds,
            seconds=options.seconds,
            progress=progress,
        )


def measure_reading(servers: Servers, options: argparse.Namespace, progress: Progress) -> list[Figure]:
    """Fill two databases with a few and with many tickets and measure reading in turn."""
    with (
        Talking("tools.prove.bench.django_process", schools_in(servers, SMALL)) as small,
        Talking("tools.prove.bench.django_process", schools_in(servers, LARGE)) as large,
    ):
        for hands, name, wanted in ((small, SMALL, options.small), (large, LARGE, options.large)):
            hands.ask(do="sign_in", usernames=[SAMPLER])
            hands.ask(do="samples", username=SAMPLER)
            task = progress.add_task(f"storing {wanted:,} tickets", total=wanted)
            with psycopg.connect(servers.postgres.url("postgres", name)) as connection:
                rows.multiply(
                    connection,
                    wanted=wanted,
                    progress=lambda done, task=task: progress.update(task, completed=done),  # type: ignore[misc]
                )
        read = reading.measure(small=small, large=large, rounds=options.rounds, progress=progress)
        return read + pages.measure(small=small, large=large, rounds=options.rounds, progress=progress)


def measure_engine(servers: Servers, options: argparse.Namespace, progress: Progress) -> list[Figure]:
    """Fill two databases with a few and with many armed timers and measure the engine, by itself and under load."""
    environment = schools_in(servers, MANY)
    with (
        crowd_of(servers, FEW, schools_in(servers, FEW), options.small, progress) as few,
        crowd_of(servers, MANY, environment, options.large, progress) as many,
    ):
        by_itself = engine.measure(
            few=few,
            many=many,
            postgres=servers.postgres,
            rounds=options.rounds,
            hold=options.hold,
            progress=progress,
        )
        seconds = options.seconds * options.rounds
        return by_itself + lag.measure(crowd=many, environment=environment, seconds=seconds, progress=progress)


def measure_way(servers: Servers, options: argparse.Namespace, progress: Progress) -> list[Figure]:
    """Measure the whole way of a report with every process running, in a database of its own."""
    address = Address("127.0.0.1", free_port())
    with (
        way.mail_sink(schools_in(servers, WAY)) as environment,
        Talking("tools.prove.bench.django_process", environment) as hands,
        Talking("tools.prove.bench.load", environment) as load,
    ):
        hands.ask(do="noon")
        names = [way.REPORTER, way.HEAD]
        tokens = dict(zip(names, hands.ask(do="sign_in", usernames=names), strict=True))
        bodies = hands.ask(do="bodies", username=way.REPORTER, categories=list(way.CATEGORIES))
        with running(address=address, environment=environment, postgres=servers.postgres) as system:
            if not wait_until(lambda: hands.ask(do="workers") > 0, seconds=60, pause=0.5):
                raise StateError("The worker of the bench did not answer.")
            url = servers.postgres.url("postgres", WAY)
            scene = way.Scene(system, hands, load, url, address, tokens, bodies)
            figures = way.measure(scene=scene, sizes=options.storm, calm=options.calm, progress=progress)
        task = progress.add_task(f"storing {options.crowd:,} tickets", total=options.crowd)
        with psycopg.connect(url) as connection:
            rows.multiply(connection, wanted=options.crowd, progress=lambda done: progress.update(task, completed=done))
        with Talking("tools.prove.bench.engine_process", environment) as engine_hands:
            beside_it = beside.measure(hands=hands, engine=engine_hands, reader=way.HEAD)
            return [*figures, *beside_it]


def measure_report(servers: Servers, options: argparse.Namespace, progress: Progress) -> list[Figure]:
    """Let a robot report at the page, with every process running, in a database of its own."""
    address = Address("127.0.0.1", free_port())
    # Styles and scripts go out as in the product: collected, and compressed.
    environment = schools_in(servers, REPORT) | {"DJANGO_SETTINGS_MODULE": "tools.run.rehearsal_settings"}
    collect = manage_command("collectstatic", "--no-input", "--skip-checks", "--verbosity", "0")
    subprocess.run(collect, cwd=ROOT, env=environment, check=True)
    with (
        Talking("tools.prove.bench.django_process", environment) as hands,
        running(address=address, environment=environment, postgres=servers.postgres),
    ):
        return reporting.measure(
            address=address,
            credentials=servers.postgres.data.parent / "credentials.json",
            reporter=SAMPLER,
            token=hands.ask(do="place_token", username=SAMPLER),
            categories=options.categories,
            progress=progress,
        )


def measure_ledger(servers: Servers, options: argparse.Namespace, progress: Progress) -> list[Figure]:
    """Measure reports beside the notary, and a large tree, in a database of its own."""
    environment = schools_in(servers, LEDGER)
    module = "tools.prove.bench.ledger_process"
    with Talking(module, environment) as hands, Talking(module, environment) as notary:
        return ledger.measure(
            hands=hands,
            notary=notary,
            rounds=options.rounds,
            seconds=options.seconds,
            leaves=options.large,
            progress=progress,
        )


def measure_rounds(servers: Servers, options: argparse.Namespace, progress: Progress) -> list[Figure]:
    """Make the rounds of a school of many classes and sum up a day of them, in a database of its own."""
    with Talking("tools.prove.bench.rounds_process", schools_in(servers, ROUNDS)) as hands:
        return rounds.measure(hands=hands, classes=options.classes, rounds=options.rounds, progress=progress)


@contextmanager
def crowd_of(
    servers: Servers, name: str, environment: dict[str, str], wanted: int, progress: Progress
) -> Iterator[engine.Crowd]:
    """Fill a database with open tickets until about so many timers are armed; yield it with hands in it."""
    url = servers.postgres.url("postgres", name)
    with Talking("tools.prove.bench.engine_process", environment) as hands:
        hands.ask(do="tables")
        hands.ask(do="sign_in", usernames=[SAMPLER])
        hands.ask(do="samples", username=SAMPLER)
        samples, timers = hands.ask(do="clocks")
        tickets = wanted * samples // timers
        task = progress.add_task(f"arming {wanted:,} timers", total=tickets)
        with psycopg.connect(url) as connection:
            rows.multiply(
                connection, wanted=tickets, progress=lambda done: progress.update(task, completed=done), share=1
            )
        hands.ask(do="stop_samples")
        tickets, armed = hands.ask(do="clocks")
        yield engine.Crowd(armed=armed, tickets=tickets, hands=hands, url=url)


PARTS = {
    "filing": measure_filing,
    "reading": measure_reading,
    "engine": measure_engine,
    "way": measure_way,
    "report": measure_report,
    "ledger": measure_ledger,
    "rounds": measure_rounds,
}


def lay_out(servers: Servers) -> None:
    """Make the tables and the demo schools once; every measured database begins as a copy of this one.

    Without rounds: one that fell due by the clock on the wall would be counted with what is measured.
    """
    environment = environment_on(servers, DATABASE)
    Path(environment["STATIC_ROOT"]).mkdir()
    credentials = str(servers.postgres.data.parent / "credentials.json")
    ready_tables_load(servers.postgres)
    for arguments in (
        ("migrate", "--no-input", "--skip-checks"),
        ("demo_seed", "--credentials", credentials, "--base-url", "http://127.0.0.1", "--without-rounds"),
    ):
        command = manage_command(*arguments, "--verbosity", "0")
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def schools_in(servers: Servers, name: str) -> dict[str, str]:
    """Make a database with the demo schools; return the environment of its processes."""
    with psycopg.connect(servers.postgres.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" OWNER "{OWNER}" TEMPLATE "{DATABASE}"')
    return environment_on(servers, name)


def environment_on(servers: Servers, name: str) -> dict[str, str]:
    """Return the environment of processes that work on a database."""
    environment = os.environ | {
        "DATABASE_URL": servers.postgres.url(OWNER, name),
        "REDIS_URL": servers.valkey.url,
        "SECRET_KEY": "for measuring only",
        "DEVELOPMENT": "1",
        "DJANGO_SETTINGS_MODULE": "tools.prove.bench.settings",
        "DEMO": "1",
        "ALLOWED_HOSTS": "127.0.0.1,testserver",
        "MAIL_DIRECTORY": str(servers.postgres.data.parent / "mail"),
        "STATIC_ROOT": str(servers.postgres.data.parent / "static"),
        "NOTARY_FOLDER": str(servers.postgres.data.parent / f"notary-{name}"),
        "SEALING_FOLDER": str(servers.postgres.data.parent / "sealing"),
        "THROTTLE_PRINCIPAL": "1000000/s",
        "LOG_LEVEL": "ERROR",
    }
    environment.pop("CELERY_BROKER_URL", None)
    return environment


def facts(options: argparse.Namespace) -> dict[str, object]:
    """Return what the figures were measured on."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "rounds": options.rounds,
        "block_seconds": options.seconds,
        "tickets": [options.small, options.large],
    }


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
    except StateError as problem:
        sys.exit(f"allclear: {problem}")
