"""The operator's commands for uconnect on AWS, named as `uconnect school`, `user`, `jobs` and `audit` are."""

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from deploy import stack

Account = Mapping[str, Any]
HEAD = ("School", "Address", "Workers", "Asked", "Raised")
MEANS = {
    "school": "Its workers and the threads it raised are deleted. The threads raised to it end.",
    "user": "All threads of this person are deleted, for the schools too.",
}


def run(session: Any, name: str, kind: str, act: str = "", email: str = "", *, sure: str = "") -> str | None:
    """Do `school invite|list|close`, `user close`, `jobs list|retry` or `audit show`, and print the result. Returns the
    sentence that says why it was not done, or None."""
    match kind, act:
        case "school", "list":
            print(_table(stack.operate(session, name, act="list")["accounts"]))
            return None
        case "jobs", ("list" | "retry"):
            found = stack.operate(session, name, act={"list": "jobs", "retry": "retry"}[act])["jobs"]
            for job in found:
                print(f"{_printable(job['id'])}  {job['kind']}  tried {_many(job['tries'], 'time')}")
            if act == "list":
                print(f"{_many(len(found), 'job')} set aside." if found else "No jobs are set aside.")
            else:
                print(f"{_many(len(found), 'job')} will run again within a minute.")
            return None
        case "audit", "show":
            found = stack.operate(session, name, act="audit")
            if "refused" in found:
                return f"{found['refused']} Find out who can write to the table."
            print("\n".join(_audit_lines(found["acts"])))
            return None
        case "school", "invite":
            done = f"{email} is invited. The e-mail is on its way."
        case (("school" | "user"), "close"):
            found = stack.operate(session, name, act="show", kind=kind, email=email)
            if "refused" in found:
                return _close_workers(session, name, email, sure=sure) if kind == "user" else _unknown(kind, email)
            print(f"{_describe(found['accounts'][0], kind)} {MEANS[kind]}")
            if sure != email:
                return (
                    "Nothing was closed. This cannot be undone. To close the account:"
                    f" make close-{kind} EMAIL={email} SURE={email}"
                )
            done = f"The account of {email} is closed. Its data is being deleted."
        case _:
            return (
                "The commands are school invite, school list, school close, user close, jobs list, jobs retry, audit"
                " show."
            )
    said = stack.operate(session, name, act=act, kind=kind, email=email)
    if "refused" in said:
        return str(said["refused"])
    print(done)
    return None


def _close_workers(session: Any, name: str, email: str, *, sure: str) -> str | None:
    """End the worker that an address is, and withdraw the invitations to it. Why not, if there is neither."""
    count = stack.operate(session, name, act="show", kind="worker", email=email).get("workers", 0)
    if not count:
        return _unknown("user", email)
    if sure != email:
        return (
            f"{email} is a worker, or is invited to be one: {_many(count, 'place')}. The threads of a worker return to"
            " the school, and what they wrote stays there without a name. Nothing was closed. This cannot be undone. To"
            f" close the account: make close-user EMAIL={email} SURE={email}"
        )
    stack.operate(session, name, act="close", kind="worker", email=email)
    print(f"{_many(count, 'place')} of {email} closed. Delete the account in the user pool, too.")
    return None


def _unknown(kind: str, email: str) -> str:
    return f"No {kind} has the address {email}."


def _audit_lines(log: list[Mapping[str, Any]]) -> Iterator[str]:
    for it in log:
        at = datetime.fromtimestamp(it["at"], UTC)
        yield _printable(f"{it['number']:>6}  {at:%Y-%m-%d %H:%M:%S}  {it['what']}  {it['whom']}{_by(it)}".rstrip())
    last: Mapping[str, Any] = log[-1] if log else {"number": 0, "hash": ""}
    yield f"The audit log is whole: {_many(last['number'], 'act')}. {last['hash']}".rstrip()


def _by(act: Mapping[str, Any]) -> str:
    """The school that did it; nothing of an operator."""
    return f"  by {act['by']}" if act.get("by") else ""


def _describe(found: Account, kind: str) -> str:
    raised = _many(found["raised"], "open thread")
    if kind == "school":
        asked = f"{_many(found['asked'], 'open thread')} raised to it"
        raised = f"{_many(found['workers'], 'worker')}, {asked}, {raised} that it raised"
    return f"{_printable(found['name'])} <{found['email']}> has {raised}."


def _table(schools: list[Account]) -> str:
    if not schools:
        return "There are no schools yet. Invite one with: make invite-school EMAIL=name@example.org"
    cells = [[str(it[name]) for name in ("name", "email", "workers", "asked", "raised")] for it in schools]
    rows = [HEAD, *([_printable(cell) for cell in row] for row in cells)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(it.ljust(width) for it, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def _many(number: int, what: str) -> str:
    return f"{number or 'no'} {what}{'' if number == 1 else 's'}"


def _printable(text: str) -> str:
    """Without what moves a terminal's cursor or turns its text around: names are what strangers chose."""
    return "".join(it for it in text if unicodedata.category(it) not in ("Cc", "Cf"))
