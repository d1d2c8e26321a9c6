"""What uconnect costs on AWS: what each operation asks, counted at the SDK; what a cold start loads; how both grow.

The handlers run here as they run there, over the emulator's DynamoDB and SQS, and a gateway that takes posts.
`bench/aws_count.py` counts what they ask for. Functions are timed by the processor time of the real handler; what they
wait for and cost is the model of `bench/aws_bill.py`. Writes bench/aws.json and the table of docs/aws.md, and prints
both. `make bench-aws`.

On a busy machine the emulator may answer late, and a handler then says that it is busy. That operation is done again,
at most TRIES times, and how often that happened is told (`repeated`).
"""

import json
import logging
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import aws_bill, aws_growth
from bench.aws_count import Count, issuer, size_of
from bench.aws_load import raises_per_second_without_refusal
from bench.aws_university import NOW, BenchUniversity, Busy
from deploy import package
from deploy.emulator import emulator
from deploy.local import ARCH, VERSION
from deploy.sites import TYPING

from tests.unit.aws_lambda.fake_api_gateway import posts
from tests.unit.aws_lambda.test_imports import ENVIRONMENT
from uconnect.adapters.clock import fresh
from uconnect.adapters.dynamodb.items import item
from uconnect.adapters.dynamodb.table import create_table
from uconnect.domain.enums import Side
from uconnect.domain.models import (
    Message,
)

ROOT = Path(__file__).resolve().parents[1]
SIZES = (10, 200)  # threads at a school, and messages in a thread; `bench/aws_growth.py` counts up to a million
AGAIN = 3  # more universities of 200: a function's time is the least of all
PATIENCE = 60  # s for one answer of the emulator
ROUNDS = 7  # of each start, interleaved; the least is told

TRIES = 8  # of an operation that is answered as busy
LONG = 1_000  # characters of the longer message; the others have 200
AN_ID = fresh()
KB = 1024 - size_of(  # characters of a message that is kept in 1 KB
    item(Message(thread=AN_ID, seq=1, at=NOW, side=Side.SCHOOL, author=AN_ID, key=AN_ID, text=""), "0" * 12)
)
END = "<!-- end -->"
FLOOR = 4.62  # a bare write: neither order, nor idempotence, nor a check of the handler


def measure(university: BenchUniversity, repeated: Counter[str]) -> dict[str, Any]:
    """What each operation asks for."""
    found = {}
    for name, operation in university.operations():
        for _ in range(TRIES):
            university.count.reset()
            before = sum(map(len, university.api.posted.values()))
            try:
                operation()
            except Busy:
                repeated[name] += 1
                time.sleep(1)
            else:
                break
        else:
            sys.exit(f"{name} was answered {TRIES} times that it is busy. Run this on a quieter machine.")
        found[name] = university.count.shown()
        assert found[name]["posts"] == sum(map(len, university.api.posted.values())) - before
    return found


def steady(runs: Sequence[dict[str, Any]]) -> None:
    """Each invocation gets the least of the processor times of all runs: a busy machine makes none shorter."""
    for name in runs[0]:
        for each in zip(*(run[name]["invocations"] for run in runs if name in run), strict=False):
            least = min(it["cpu_ms"] for it in each)
            for it in each:
                it["cpu_ms"] = least


def memory_of(operations: dict[str, Any], cold: dict[str, int]) -> dict[str, int]:
    """MB for each function of the template. The one that reads pictures is left as it was: its work is not measured."""
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for operation in operations.values():
        for each in operation["invocations"]:
            of[each["function"]].append(each)
    modules = {"Http": "http", "Socket": "websocket", "Authz": "authorizer", "Jobs": "jobs"}
    return {name: aws_bill.chosen_memory(of[name], cold[module]) for name, module in modules.items()}


# What reads a page, which is full at 200 and not at 10, and what does all jobs that are there.
LISTS = {"open_thread", "open_inbox", "reload_raiser", "reload_school", "late_jobs", "schedule"}


def _alike(one: dict[str, float], other: dict[str, float]) -> bool:
    """As many requests, and units but for the length of a number."""
    return all(abs(one[name] - other[name]) <= 0.05 * other[name] for name in ("requests", "rru", "wru", "posts"))


# --- starts


def starts(folder: Path) -> dict[str, Any]:
    """Import and client of each function, as a ratio to plain boto3 in the same run; a bare interpreter taken off."""
    task, plain = folder / "task", folder / "plain"
    packed = package.functions(ARCH, VERSION, folder)
    with zipfile.ZipFile(packed.path) as held:
        held.extractall(task)
    _plain_boto3(plain)
    runs = {
        name: (task, f"import uconnect.entrypoints.aws_lambda.{name}")
        for name in ("http", "websocket", "authorizer", "jobs")
    }
    runs["boto3"] = (plain, "import boto3; boto3.client('dynamodb')")
    runs["bare"] = (plain, "pass")
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, (where, code) in runs.items():
            times[name].append(_started(where, code))
    took = {name: min(held) for name, held in times.items()}  # see `steady`
    took = {name: it - took["bare"] for name, it in took.items()}
    return {
        "cold_ratio": {
            name: round(took[name] / took["boto3"], 2) for name in ("http", "websocket", "authorizer", "jobs")
        },
        "cold_ms": {name: round(took[name] * 1000) for name in ("http", "websocket", "authorizer", "jobs", "boto3")},
        "zip_mb": round(packed.path.stat().st_size / 1e6, 2),
    }


def _plain_boto3(folder: Path) -> None:
    """As it is commonly shipped: all services, and no compiled file that a zip's new times would not make stale."""
    command: list[str | Path] = [ROOT / ".venv/bin/uv", "pip", "install", "--quiet", "--link-mode", "copy"]
    versions = [it.split(" ")[0] for it in (ROOT / "requirements/deploy.txt").read_text().splitlines()]
    subprocess.run(
        [*command, "--target", folder, *(it for it in versions if it.startswith(("boto3==", "botocore==")))], check=True
    )


def _started(where: Path, code: str) -> float:
    """Processor seconds: what else this machine does is not counted."""
    before = os.times()
    environment = ENVIRONMENT | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(where)}
    subprocess.run([sys.executable, "-S", "-c", code], env=environment, cwd=where, check=True)
    after = os.times()
    return (after.children_user + after.children_system) - (before.children_user + before.children_system)


def main() -> None:
    count = Count()
    with (
        tempfile.TemporaryDirectory() as made,
        emulator(Path(made)) as address,
        posts() as api,
        issuer(count) as userinfo,
    ):
        folder = Path(made)
        os.environ |= ENVIRONMENT | {"AWS_ENDPOINT_URL": address, "SOCKETS": api.url, "USERINFO": userinfo}
        os.environ |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "MAIL_FROM": ""}
        from uconnect.entrypoints.aws_lambda import dependencies  # noqa: PLC0415 - (see above)

        # An emulator on a busy machine takes longer than AWS may: what is counted is what is asked, and not how long.
        dependencies._dynamodb()._endpoint.http_session._timeout = PATIENCE  # noqa: SLF001 - (see above)
        sqs = dependencies.client_of("sqs")
        os.environ["JOB_QUEUE"] = sqs.create_queue(QueueName="jobs")["QueueUrl"]
        create_table(dependencies._dynamodb(), os.environ["TABLE"])  # noqa: SLF001 - (see above)
        for client in (dependencies._dynamodb(), dependencies.posts(), dependencies.client_of("lambda"), sqs):  # noqa: SLF001
            count.watch(client)
        repeated: Counter[str] = Counter()
        grown = {size: measure(BenchUniversity(size, count, api), repeated) for size in SIZES}
        long = measure(BenchUniversity(200, count, api, LONG), repeated)
        kb = measure(BenchUniversity(200, count, api, KB), repeated)
        again = [measure(BenchUniversity(200, count, api, number=it), repeated) for it in range(1, AGAIN + 1)]
        steady([*grown.values(), long, kb, *again])
        found = bill(grown, {LONG: long, KB: kb}, starts(folder)) | {"repeated": dict(repeated)}
    logging.disable()  # what a busy table is asked again is counted
    found["raises_per_second_without_refusal"] = raises_per_second_without_refusal()
    (ROOT / "bench/aws.json").write_text(json.dumps(found, indent=2) + "\n")
    write_tables(found)
    print(
        json.dumps({name: it for name, it in found.items() if "operations" not in name and name != "grown"}, indent=2)
    )
    print(*tables(found).values(), sep="\n\n")


def bill(grown: dict[int, Any], longer: dict[int, Any], started: dict[str, Any]) -> dict[str, Any]:
    """What is kept in bench/aws.json."""
    operations = grown[200]
    lists = _lists()
    found = {
        **started,
        "memory": memory_of(operations, started["cold_ms"]),
        "characters_of_1_kb": KB,
        "typing_signals": {str(it): aws_bill.signals(it, TYPING) for it in (200, KB, LONG)},
        **aws_bill.watched(),
        "operations": operations,
        **{f"operations_{length}": {name: it[name] for name in ("send", "answer")} for length, it in longer.items()},
    }
    both = {
        length: (
            *((name, 0.5) for name in ("seen_by_school", "seen_by_raiser")),
            *((name, found["typing_signals"][str(length)] / 2) for name in ("typing_by_raiser", "typing_by_school")),
        )
        for length in (200, LONG)
    }
    return {
        "usd_per_million": aws_bill.message_usd(found),
        "usd_per_million_of_1_kb": aws_bill.message_usd(found, characters=KB),
        f"usd_per_million_of_{LONG}_characters": aws_bill.message_usd(found, characters=LONG),
        "usd_per_million_with_seen_and_typing": aws_bill.message_usd(found, *both[200]),
        f"usd_per_million_of_{LONG}_characters_with_seen_and_typing": aws_bill.message_usd(
            found, *both[LONG], characters=LONG
        ),
        "month_usd": aws_bill.total(aws_bill.month(found)),
        "month_usd_essentials": aws_bill.total(aws_bill.month(found, "ESSENTIALS")),
        "usd_floor": FLOOR,
        **found,
        "grown": {str(size): it for size, it in grown.items()},
        "lists": lists,
        "flat": lists["flat"]
        and all(_alike(it, operations[name]) for name, it in grown[min(grown)].items() if name not in LISTS),
    }


def _lists() -> dict[str, Any]:
    """The read units of lists and counts, at each number of open threads."""
    found = aws_growth.grown()
    sizes = [*found["units"]]
    names = found["units"][sizes[0]]
    units = {name: [found["units"][it][name]["units"] for it in sizes] for name in names}
    return {"open_threads": [*map(int, sizes)], "read_units": units, "flat": found["flat"]}


def write_tables(found: dict[str, Any]) -> None:
    """Put the bill into docs/aws.md, each table between its marks."""
    page = ROOT / "docs/aws.md"
    text = page.read_text("utf-8")
    for mark, table in tables(found).items():
        before, _, rest = text.partition(mark)
        _, _, after = rest.partition(END)
        text = f"{before}{mark}\n\n{table}\n\n{END}{after}"
    page.write_text(text, "utf-8")


def tables(found: dict[str, Any]) -> dict[str, str]:
    """Each table of the page, by the mark that it stands under."""
    return {
        "<!-- the month: make bench-aws -->": aws_bill.table(aws_bill.month(found)),
        "<!-- a message: make bench-aws -->": aws_bill.parts(found),
    }


if __name__ == "__main__":
    main()
