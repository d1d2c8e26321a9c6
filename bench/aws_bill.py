"""What AWS asks for: prices, the model of Lambda's time, and the month of a university, every line with its count.

Prices are us-east-1, on demand, without free tiers but Cognito's, as AWS's price pages had them in November 2026.
`bench/aws.py` measures what an operation asks for; this turns it into dollars.
"""

from collections.abc import Iterable
from math import ceil
from typing import Any, NamedTuple

from tests.unit.aws_lambda.template_reader import conditions, of_type, read

PRICES = {  # dollars for one
    "frame or post": 1.00e-6,  # API Gateway, WebSocket: each begun 32 KB
    "connection minute": 0.25e-6,
    "HTTP call": 1.00e-6,  # API Gateway, HTTP API: each begun 512 KB
    "invocation": 0.20e-6,  # Lambda
    "GB second": 13.3334e-6,  # Lambda, arm64
    "read unit": 0.125e-6,  # DynamoDB
    "write unit": 0.625e-6,
    "GB month stored": 0.25,
    "GB month restorable": 0.20,  # point-in-time recovery
    "GB out": 0.09,
    "GB logged": 0.50,  # CloudWatch Logs, taken in
    "alarm metric": 0.10,  # CloudWatch, each metric that an alarm looks at
    "custom metric": 0.30,
    "dashboard": 3.00,
    "queue request": 0.40e-6,  # SQS, each begun 64 KB
    "GB served": 0.15,  # Amplify Hosting
    "LITE": 0.0055,  # Cognito, a person who signs in that month, beyond FREE_PEOPLE
    "ESSENTIALS": 0.015,
}
FREE_PEOPLE = 10_000

# Lambda gives "the equivalent of one vCPU" at 1,769 MB, and below it a part in proportion (Developer Guide, "Configure
# Lambda function memory"). Our code uses one processor at a time, so more helps nothing.
WHOLE_VCPU = 1769
MEMORY = (256, 384, 512, 768, 1024, 1536, 1769)  # MB; below the first, Python and the SDK do not fit well
# ms that a function waits for one answer, whatever its memory. AWS promises "single-digit milliseconds" for DynamoDB;
# the others are assumed, for an account is needed to measure them.
WAITS = {"BatchGetItem": 4, "GetItem": 4, "Query": 4, "PutItem": 6, "DeleteItem": 6, "UpdateItem": 6}
WAITS |= {"BatchWriteItem": 8, "TransactWriteItems": 10, "PostToConnection": 10, "Invoke": 15, "DeleteConnection": 10}
WAITS |= {"SendMessage": 10, "UserInfo": 50}
WARM, COLD = 200, 1_800  # ms: what a person may wait for a function that runs already, and for one that starts
LOGGED = 330  # bytes of START, END and REPORT, which each invocation leaves in the log unless it is told not to
LINE = 26  # bytes that CloudWatch Logs counts beside each line
PINGS_EVERY = 7.5  # minutes: a beat of eight, up to an eighth earlier
LIFETIME = 54  # minutes of a connection: pages leave after 50 to 58
QUEUE_REQUESTS = 3  # for a job: it is put, received and deleted; in a batch it is less
IDLE_POLLS = 648_000  # a month, that Lambda asks an empty queue: five pollers, each 20 s

WORDS = 52  # a minute, by whoever types on a keyboard (Dhakal et al., CHI 2018: 168,000 people)


def logged(lines: str) -> int:
    """Bytes that CloudWatch Logs takes in."""
    return len(lines.encode()) + LINE * lines.count("\n")


def signals(characters: int, every: int) -> int:
    """How many typing signals a message of so many characters makes, one at its start and then each `every` ms."""
    return 1 + int(characters / (WORDS * 5) * 60_000 // every)


def took(invocation: dict[str, Any], memory: int) -> float:
    """ms of one invocation with so much memory."""
    return float(invocation["cpu_ms"]) * max(1.0, WHOLE_VCPU / memory) + float(invocation["wait_ms"])


def function_usd(invocation: dict[str, Any], memory: int) -> float:
    gb_seconds = memory / 1024 * took(invocation, memory) / 1000
    return (
        PRICES["invocation"]
        + gb_seconds * PRICES["GB second"]
        + float(invocation["logged"]) / 1e9 * PRICES["GB logged"]
    )


def chosen_memory(invocations: Iterable[dict[str, Any]], cold_ms: float) -> int:
    """The cheapest memory with which a function answers in time, warm and cold. The greatest if none does."""
    all_of = list(invocations)
    fit = [
        it
        for it in MEMORY
        if max(took(one, it) for one in all_of) <= WARM and cold_ms * max(1, WHOLE_VCPU / it) <= COLD
    ]
    return min(fit, key=lambda it: sum(function_usd(one, it) for one in all_of), default=MEMORY[-1])


class Priced(NamedTuple):
    """One operation in dollars, by what it is made of."""

    gateway: float
    functions: float
    reads: float
    writes: float
    egress: float
    queue: float

    @property
    def usd(self) -> float:
        return sum(self)


def priced(operation: dict[str, Any], memory: dict[str, int]) -> Priced:
    """What an operation costs once. `operation` is an entry of bench/aws.json."""
    return Priced(
        operation["frames"] * PRICES["frame or post"]
        + operation["posts"] * PRICES["frame or post"]
        + operation["calls"] * PRICES["HTTP call"],
        sum(function_usd(it, memory[it["function"]]) for it in operation["invocations"]),
        operation["rru"] * PRICES["read unit"],
        operation["wru"] * PRICES["write unit"],
        operation["bytes_out"] / 1e9 * PRICES["GB out"],
        operation["queued"] * QUEUE_REQUESTS * PRICES["queue request"],
    )


def watched() -> dict[str, int]:
    """What CloudWatch is paid for each month, in a stack with the template's defaults."""
    held = conditions()
    alarms = [
        it["Properties"]
        for it in read()["Resources"].values()
        if it["Type"] == "AWS::CloudWatch::Alarm" and held.get(it.get("Condition", ""), True)
    ]
    metrics = sum(sum("MetricStat" in it for it in alarm.get("Metrics", ())) or 1 for alarm in alarms)
    own = {it["MetricName"] for it in alarms if it.get("Namespace") == ("Ref", "AWS::StackName")}
    return {
        "alarm_metrics": metrics,
        "custom_metrics": len(own),
        "dashboards": len(of_type("AWS::CloudWatch::Dashboard")),
    }


class Charge(NamedTuple):
    """A line of the bill: what, how often, dollars for one, and together."""

    what: str
    times: float
    each: float

    @property
    def usd(self) -> float:
        return self.times * self.each


PEOPLE, TABS, MESSAGES = 30_000, 1_500, 300_000
MINUTES = 43_200  # of a month
PAGES = PEOPLE * 8  # each person opens a site twice a week
THREADS = MESSAGES // 10
# Of the ten messages of a thread after the one that raises it, so many change the turn, the first answer among
# them, each in another hour than the message before. The others follow one of their own side within the hour.
TURNS = 4
FIRST_LOAD = 60_000  # bytes of a site that is not in the browser's cache
FIRST_ANSWERS = 2  # whose jobs one measured run of the schedule does
STORED = 900  # bytes a message takes with its part of head, rows and index


def month(found: dict[str, Any], plan: str = "LITE") -> list[Charge]:
    """A university of PEOPLE, with TABS open day and night, and MESSAGES a month of 200 characters."""
    operations, memory = found["operations"], found["memory"]

    def of(*names: str) -> float:
        return sum(priced(operations[name], memory).usd for name in names) / len(names)

    connects = TABS * MINUTES / LIFETIME + PAGES
    first_answers = (priced(operations["late_jobs"], memory).usd - of("schedule")) / FIRST_ANSWERS
    return [
        Charge("messages that change no turn", MESSAGES - TURNS * THREADS, of("send", "answer")),
        Charge("messages that change the turn", (TURNS - 1) * THREADS, of("turn_by_raiser", "turn_by_school")),
        Charge("first answers", THREADS, of("first_answer")),
        Charge("their seen", MESSAGES, of("seen_by_school", "seen_by_raiser")),
        Charge("their typing", MESSAGES * found["typing_signals"]["200"], of("typing_by_raiser", "typing_by_school")),
        Charge("connection minutes", TABS * MINUTES, PRICES["connection minute"]),
        Charge("pings", TABS * MINUTES / PINGS_EVERY, of("ping")),
        Charge("connections: ticket, authorizer, hello, end", connects, of("connect")),
        Charge("lists of schools and workers, after each connection", TABS * MINUTES / LIFETIME, of("reload_school")),
        Charge("lists of raisers, each time they open the site", PAGES, of("reload_raiser")),
        Charge("threads opened", MESSAGES, of("open_thread")),
        Charge("threads raised", THREADS, of("raise")),
        Charge("threads given to a worker", THREADS, of("offload")),
        Charge("threads ended", THREADS, of("terminate")),
        Charge("jobs after a raise", THREADS, of("after_raise")),
        Charge("jobs after an offload", THREADS, of("after_offload")),
        Charge("jobs after an end", THREADS, of("after_terminate")),
        Charge("jobs after a first answer", THREADS, first_answers),
        Charge("jobs: runs of the schedule", MINUTES, of("schedule")),
        Charge("requests of the empty queue", IDLE_POLLS, PRICES["queue request"]),
        Charge(f"people who sign in, beyond {FREE_PEOPLE:,} (Cognito {plan})", PEOPLE - FREE_PEOPLE, PRICES[plan]),
        Charge("sites served, GB (Amplify)", PAGES * FIRST_LOAD / 1e9, PRICES["GB served"]),
        Charge("stored after a year, GB", 12 * MESSAGES * STORED / 1e9, PRICES["GB month stored"]),
        Charge("of these restorable, GB", 12 * MESSAGES * STORED / 1e9, PRICES["GB month restorable"]),
        Charge("metrics that alarms look at", found["alarm_metrics"], PRICES["alarm metric"]),
        Charge("metrics of our own", found["custom_metrics"], PRICES["custom metric"]),
        Charge("dashboard", found["dashboards"], PRICES["dashboard"]),
    ]


def total(lines: Iterable[Charge]) -> float:
    return round(sum(it.usd for it in lines), 2)


def table(lines: Iterable[Charge]) -> str:
    """The bill as docs/aws.md shows it."""
    rows = [
        f"| {it.what} | {it.times:,.1f} | {it.each:.4f} | {it.usd:.2f} |"
        if it.each > 0.001
        else f"| {it.what} | {ceil(it.times):,} | {it.each * 1e6:.2f} a million | {it.usd:.2f} |"
        for it in lines
    ]
    return "\n".join(["| what | count | $ each | $ |", "|---|---|---|---|", *rows])


def message_usd(found: dict[str, Any], *extra: tuple[str, float], characters: int = 200) -> float:
    """A million messages, each with so many of the operations in `extra`."""
    operations, memory = found["operations" if characters == 200 else f"operations_{characters}"], found["memory"]
    bare = sum(priced(operations[it], memory).usd for it in ("send", "answer")) / 2
    beside = sum(times * priced(found["operations"][name], memory).usd for name, times in extra)
    return round((bare + beside) * 1e6, 2)


def parts(found: dict[str, Any]) -> str:
    """What a million of the acts around a message cost, by what they are made of, as docs/aws.md shows it."""
    kb = found["characters_of_1_kb"]
    of = found["operations"]
    each = [
        ("a message that changes no turn, of 200 characters", [of["send"], of["answer"]]),
        (f"the same of {kb} characters, kept in 1 KB", [*found[f"operations_{kb}"].values()]),
        ("the same of 1,000 characters, kept in 2 KB", [*found["operations_1000"].values()]),
        ("a message that changes the turn, in a new hour", [of["turn_by_school"], of["turn_by_raiser"]]),
        ("the first answer, in a new hour", [of["first_answer"]]),
        ("a seen", [of["seen_by_school"], of["seen_by_raiser"]]),
        ("a sign that somebody types", [of["typing_by_school"], of["typing_by_raiser"]]),
        ("a ping", [of["ping"]]),
    ]
    rows = ["| a million of | " + " | ".join(Priced._fields) + " | together |", "|---|" + "---|" * 7]
    for what, operations in each:
        priced_each = [priced(it, found["memory"]) for it in operations]
        columns = [sum(it) / len(priced_each) * 1e6 for it in zip(*priced_each, strict=True)]
        rows.append(f"| {what} | " + " | ".join(f"{it:.2f}" for it in (*columns, sum(columns))) + " |")
    return "\n".join(rows)
