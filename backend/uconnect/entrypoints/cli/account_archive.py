"""Writes a person's or a school's own data as a zip with two files of the same content: for programs, and to read.

The same data gives the same bytes: no time of the writing is in it. What people wrote is escaped, and the page loads
nothing and runs nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from tempfile import TemporaryFile
from typing import IO, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from msgspec.structs import asdict

from uconnect.application.own_data import OfSchool, OwnData, OwnThread
from uconnect.domain.enums import Kind, MessageKind, Side
from uconnect.domain.views import ShownEntry, ShownInternalEntry
from uconnect.domain.views.common import Ended
from uconnect.domain.views.raiser import RaiserMessage
from uconnect.domain.views.school import SchoolAssignment, SchoolMessage, SchoolNote, SchoolRow
from uconnect.domain.views.school_acts import ActCard
from uconnect.domain.views.worker import WorkerMessage, WorkerNote, WorkerRow
from uconnect.entrypoints.cli.words import minute
from uconnect.oidc_provider.account_admin import ListedAccount
from uconnect.oidc_provider.passkeys import Passkey
from uconnect.oidc_provider.sessions import Session
from uconnect.oidc_provider.upstream_links import Link

EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip can say
COPIED = 1 << 16  # bytes at once
VERSION = 1
FORMER = "A former worker"
Names = Mapping[str, str]  # of the hands of a school, by their ids
KINDS = {
    MessageKind.ASK_TO_END: "asks whether this is settled",
    MessageKind.NOT_YET: "says that it is not settled yet",
}
HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>Your data in uconnect</title>
<style>
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem }
dt { font-weight: bold } dd, li { overflow-wrap: anywhere } .text { white-space: pre-wrap }
section { border-top: 1px solid; margin-top: 2rem } time { opacity: .75 }
</style>
</head>
<body>
<h1>Your data in uconnect</h1>
"""
FOOT = "</body>\n</html>\n"


@dataclass(frozen=True)
class AccountShown:
    """An account as its own pages show it: where it is signed in, its passkeys and the other providers that it signs in
    with, beside what it is."""

    account: ListedAccount
    sessions: list[Session]
    passkeys: list[Passkey]
    links: list[Link]

    @property
    def fields(self) -> dict[str, Any]:
        where = [
            {
                "site": it.client,
                "browser": it.browser,
                "signed_in": it.authenticated,
                "last_used": it.used,
                "expires": it.expires,
            }
            for it in self.sessions
        ]
        about = {"email": self.account.email, "name": self.account.name, "suspended": self.account.suspended}
        keys = [{"name": it.name, "added": it.made, "last_used": it.used} for it in self.passkeys]
        linked = [{"issuer": it.issuer, "as": it.upstream_subject, "since": it.linked} for it in self.links]
        return about | {"signed_in": where, "passkeys": keys, "linked": linked}


def write(file: BinaryIO, shown: AccountShown, own: OwnData | None) -> int:
    """Write the archive; `own` is None if the account has opened no site. Returns how many threads are in it."""
    with ZipFile(file, "w", ZIP_DEFLATED) as archive, TemporaryFile() as page:
        with archive.open(_info("data.json"), "w", force_zip64=True) as data:
            count = _write_both(data, page, shown, own)
        page.seek(0)
        with archive.open(_info("data.html"), "w", force_zip64=True) as copy:
            while part := page.read(COPIED):
                copy.write(part)
    return count


def _info(name: str) -> ZipInfo:
    info = ZipInfo(name, EARLIEST)
    info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
    return info


def _write_both(data: IO[bytes], page: IO[bytes], shown: AccountShown, own: OwnData | None) -> int:
    """Write each thing into both files when it is read, so that they say the same."""
    of_school = own.of_school() if own is not None and own.me.kind is Kind.SCHOOL else None
    name = "uconnect-school" if of_school else "uconnect-user"
    head: dict[str, Any] = {"format": name, "version": VERSION, "account": shown.fields}
    if own is not None:
        head |= {"me": own.me, "notices": own.notices}
    head |= asdict(of_school) if of_school else {}
    data.write(msgspec.json.encode(head)[:-1] + b',"threads":[')
    page.write((HEAD + "".join(_account(shown, own))).encode())
    count = 0
    if own is not None:
        names = {own.me.id: "You"}
        if of_school:
            page.write("".join(_school(of_school)).encode())
            names |= {it.id: it.name for it in of_school.workers.workers}
        for count, thread in enumerate(own.threads(), 1):
            data.write(b"," if count > 1 else b"")
            _write_thread(data, page, thread, own, names)
    data.write(b"]}\n")
    page.write(FOOT.encode())
    return count


def _write_thread(data: IO[bytes], page: IO[bytes], thread: OwnThread, own: OwnData, names: Names) -> None:
    data.write(msgspec.json.encode(thread)[:-1])
    page.write(f"<section>\n<h2>{_text(thread.thread.row.subject)}</h2>\n{_about(thread)}".encode())
    for name, title, entries in (
        ("entries", "Messages", own.entries(thread)),
        ("notes", "Notes", own.notes(thread)),
    ):
        data.write(f',"{name}":['.encode())
        begun = False
        for entry in entries:
            data.write((b"," if begun else b"") + msgspec.json.encode(entry))
            page.write((("" if begun else f"<h3>{title}</h3>\n<ol>\n") + _entry(entry, thread, names)).encode())
            begun = True
        data.write(b"]")
        page.write(b"</ol>\n" if begun else b"")
    data.write(b"}")
    page.write(b"</section>\n")


def _account(shown: AccountShown, own: OwnData | None) -> Iterator[str]:
    name = own.me.name if own is not None else shown.account.name
    facts = [("E-mail address", shown.account.email), ("Name", name)]
    if own is not None:
        facts.append(("Account of a", own.me.kind.value))
        if own.me.card is not None:
            facts.append(("School", own.me.card.name))
        facts.append(("E-mails about new messages", "on" if own.notices.by_email else "off"))
    if shown.account.suspended:
        facts.append(("Suspended since", minute(shown.account.suspended)))
    yield _facts(facts)
    for it in shown.sessions:
        signed_in = f"{it.browser or 'A browser'}, on the site {it.client}"
        yield _facts([("Signed in with", signed_in), ("Since", minute(it.authenticated))])
    for link in shown.links:
        connected = f"{link.issuer}, as {link.upstream_subject}"
        yield _facts([("Connected to", connected), ("Since", minute(link.linked))])
    for key in shown.passkeys:
        yield _facts([("Passkey", key.name), ("Added", minute(key.made))])


def _school(of_school: OfSchool) -> Iterator[str]:
    """What a school has beside its threads. The figures are for programs alone: their page has charts."""
    workers = [(it.name, f"{it.email}{'' if it.joined else ', invited'}") for it in of_school.workers.workers]
    replies = [(it.title, it.text) for it in of_school.saved_replies.replies]
    acts = [(minute(it.at // 1000), " ".join(filter(None, _act(it)))) for it in of_school.acts]
    for title, facts in (("Workers", workers), ("Saved replies", replies), ("Changes to the account", acts)):
        if facts:
            yield f"<section>\n<h2>{title}</h2>\n{_facts(facts)}</section>\n"


def _act(act: ActCard) -> tuple[str, ...]:
    return act.act.value, act.worker, "(by the people who run uconnect)" if act.by_operator else ""


def _about(thread: OwnThread) -> str:
    row = thread.thread.row
    facts = [("With", _other(thread)), ("State", row.state.value), ("Since", minute(row.since // 1000))]
    if thread.owner:
        facts.append(("Their address", thread.owner.email))
    if thread.hidden:
        facts.append(("Words that workers do not see", ", ".join(thread.hidden)))
    return _facts(facts)


def _other(thread: OwnThread) -> str:
    """Whom the account talks to: a school by its name, a requester by the alias, an owner by the name."""
    if isinstance(thread.thread.row, SchoolRow):
        return thread.owner.name if thread.owner else "somebody who has closed the account"
    if isinstance(thread.thread.row, WorkerRow):
        return thread.thread.row.alias
    return thread.school.name if thread.school else "a school"


def _entry(entry: ShownEntry | ShownInternalEntry, thread: OwnThread, names: Names) -> str:
    match entry:
        case Ended():
            who, said = "The thread was ended", ""
        case SchoolMessage(side=Side.RAISER):
            who, said = _other(thread), entry.text
        case SchoolMessage() | SchoolNote():
            who, said = names.get(entry.author, FORMER), entry.text
        case SchoolAssignment():
            to = "your school" if entry.worker is None else names.get(entry.worker, FORMER)
            who, said = f"Now with {to}", ""
        case WorkerNote():
            who, said = ("You" if entry.mine else "Your school or a colleague"), entry.text
        case WorkerMessage() if entry.side is Side.SCHOOL:
            who, said = ("You" if entry.mine else "Your school or a colleague"), entry.text
        case RaiserMessage() if entry.side is Side.RAISER:
            who, said = "You", entry.text
        case RaiserMessage() | WorkerMessage():
            who, said = _other(thread), entry.text
        case _:
            raise TypeError(entry)
    kind = KINDS.get(getattr(entry, "kind", MessageKind.TEXT), "")
    about = f"{_text(who)} <time>{minute(entry.at // 1000)}</time>{f' ({kind})' if kind else ''}"
    return f'<li>{about}<div class="text">{_text(said)}</div></li>\n'


def _facts(facts: list[tuple[str, str]]) -> str:
    return "<dl>\n" + "".join(f"<dt>{_text(name)}</dt><dd>{_text(value)}</dd>\n" for name, value in facts) + "</dl>\n"


def _text(text: str) -> str:
    """What somebody wrote, as text alone, which turns nothing around it."""
    return f"<bdi>{escape(text)}</bdi>"
