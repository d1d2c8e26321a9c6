"""What must be so after every step of a history, for every party: what it hears, what it sees, what it never learns."""

from typing import Any

from tests.histories.membership_rules import Rules
from tests.histories.reference_model import MOST, Talk
from tests.support.screen import Screen, differences
from tests.support.site_reducer import Json, SiteState


class Differs(AssertionError):
    """uconnect is not what the rules say, or a screen is not what a fresh load shows."""


def hears_only_its_own(rules: Rules, party: str, ids: dict[tuple[str, int], str], frames: list[Json]) -> None:
    """Nothing about a thread comes to those who may not read it, but that it is gone; nothing at all to the removed."""
    readable = {ids.get((party, talk.number)) for talk in rules.talks if party in talk.readers()}
    for frame in frames:
        id = frame["row"]["id"] if "row" in frame else frame.get("id")
        if frame["t"] not in {"gone", "bye", "refused"} and id is not None and id not in readable:
            raise Differs(f"told of a thread that it cannot read: {frame}")
    if not rules.people[party].here and not _is_told_no(frames):
        raise Differs(f"told to a removed worker: {frames}")


def _is_told_no(frames: list[Json]) -> bool:
    return all(frame["t"] in {"gone", "bye", "refused"} for frame in frames)


def stays_blind(rules: Rules, party: str, addresses: dict[str, str], heard: list[bytes]) -> None:
    """Rules 6 and 7, in the bytes: the hands behind a school, and whoever is behind a thread, are never named."""
    if not heard:
        return
    person, everything = rules.people[party], b"\n".join(heard)
    for other, secret in rules.people.items():
        if other == party or (person.kind == "school" and (secret.kind != "worker" or secret.school == party)):
            continue
        hidden = (other, addresses.get(other, other)) if secret.kind != "school" or person.kind == "worker" else ()
        for word in hidden:
            if word.encode() in everything:
                raise Differs(f"a {person.kind} was told of the {secret.kind} {word}")


def hears_internal_entries(rules: Rules, party: str, ids: dict[tuple[str, int], str], frames: list[Json]) -> None:
    """Notes and hands are told to those they are for, as they are, and to nobody else."""
    heard = [(frame["id"], _internal_entries_shown(frame["entry"])) for frame in frames if frame["t"] == "noted"]
    due = [
        (ids[party, number], _internal_entries(party, rules.talks[number], seq))
        for to, number, seq in rules.notified
        if to == party and rules.people[party].here
    ]
    # In order at each thread: which of a removed worker's threads returns first is nobody's promise.
    same("what is told beside the logs", sorted(heard, key=_thread), sorted(due, key=_thread))


def _thread(notified: tuple[str, Any]) -> str:
    return notified[0]


def reads_internal_entries(party: str, talk: Talk, entries: list[Json] | None) -> None:
    """Rules 6 and 7 beside the log: nothing for the raiser, the notes for the worker, hands too for the school."""
    if party == talk.raiser:
        same("what stands beside a thread that it raised", entries, None)
        return
    whole = range(1, len(talk.internal_entries) + 1)
    due = [
        _internal_entries(party, talk, seq)
        for seq in whole
        if party == talk.school or isinstance(talk.internal_entries[seq - 1], tuple)
    ]
    same("what stands beside", [_internal_entries_shown(it) for it in entries or ()], due)


def _internal_entries(party: str, talk: Talk, seq: int) -> Any:
    it = talk.internal_entries[seq - 1]
    if not isinstance(it, tuple):
        return "assigned", seq, it
    author, key, text = it
    own = key if author == party else None
    return (
        ("school_note", seq, author, text, own)
        if party == talk.school
        else ("worker_note", seq, author == party, text, own)
    )


def _internal_entries_shown(entry: Json) -> Any:
    return tuple(value for name, value in entry.items() if name != "at")


def asks_again_when_told(rules: Rules, party: str, frames: list[Json]) -> None:
    """Who is shown what changed is told so, and nobody else is."""
    notified = [frame["what"] for frame in frames if frame["t"] == "changed"]
    same(
        "what is to be asked for again",
        notified,
        [what for to, what in rules.changed if to == party and rules.people[to].here],
    )


def has_its_own_moment(within: int, others: list[int], moment: int) -> None:
    """A worker loses what it has of an ended owner at a random moment: not at once, and not two at the same."""
    if not 0 <= within < 6 * 3_600_000 or moment in others:
        raise Differs(f"a worker loses a thread {within} ms from now, at {moment}; others at {others}")


def finds_the_schools(rules: Rules, cards: list[Any]) -> None:
    """The directory has those that can be raised to."""
    here = {id for id, it in rules.people.items() if it.kind == "school" and it.here}
    same("the directory", {card["id"] for card in cards}, here)
    same("those that take threads", {card["id"] for card in cards if card["takes"]}, here)


def counts(rules: Rules, school: str, overview: Json) -> None:
    """What was raised to a school: what is open, what workers have of it, and that each is counted once."""
    received = rules.open_threads_at(school)
    # A removed worker has its threads until they are returned, one by one.
    same("what is open", overview["open"], sum(it.open for it in received))
    same("what workers have", overview["with_workers"], sum(it.open and it.worker is not None for it in received))
    same("what has ended", overview["ended"], sum(not it.open for it in received))
    parts = ("new", "with_us", "with_workers", "with_them")
    same("the parts of what is open", sum(overview[it] for it in parts), overview["open"])


def is_alive(screen: Screen, new_id: SiteState, parting: set[str]) -> None:
    """Promise 7: what lives on frames equals a fresh load. Threads that came since are opened then.

    But a school is told some moments later of the threads it has lost with their owner.
    """
    if not screen.live:
        return
    view = screen.view
    kept = SiteState(
        rows={id: row for id, row in view.rows.items() if id not in parting},
        marks=view.marks,
        logs=view.logs,
        meter=view.meter,
    )
    for difference in differences(kept, new_id):
        raise Differs(f"a live screen is not what a fresh load shows: {difference}")
    screen.open_all()


def sees_what_is_so(rules: Rules, party: str, ids: dict[tuple[str, int], str], new_id: SiteState) -> None:
    """A fresh load shows the threads that the party may read, as they are, and no other."""
    mine = {ids.get((party, talk.number), f"thread {talk.number}"): talk for talk in rules.talks if _reads(party, talk)}
    same("the threads it can read", new_id.rows.keys(), mine.keys())
    for id, talk in mine.items():
        other = "school" if party == talk.raiser else "raiser"
        shown = {name: new_id.rows[id][name] for name in ROWS[new_id.rows[id]["as"]]}
        same("a row", shown, _row(rules, party, talk))
        same("a log", [_shown(entry) for entry in new_id.logs[id]], [_entry(party, talk, it) for it in talk.entries])
        same("what was read", (new_id.read(id), new_id.seen(id)), (talk.read.get(party, 0), talk.seen[other]))
        times = [entry["at"] for entry in new_id.logs[id]]
        same("the order of times", times, sorted(times))
    assert new_id.meter is not None
    same("the meter", (new_id.meter["open"], new_id.meter["most"]), _meter_shown(rules, party))


def has_its_workers(rules: Rules, school: str, cards: list[Any]) -> None:
    """Rule 10: those it invited, never more than five; and what each has in hand."""
    places = [address for by, address in rules.invited if by == school]
    same("its workers", [card["email"] for card in cards], places)
    assert len(cards) <= MOST
    loads = {card["id"]: card["load"] for card in cards}
    same("what its workers have in hand", loads, {id: rules.load(id) for id in loads})
    able = {card["id"]: card["available"] for card in cards if card["joined"]}
    same("who is available", able, {id: rules.people[id].available for id in able})


def same(what: str, is_so: Any, should: Any) -> None:
    if is_so != should:
        raise Differs(f"{what}: {is_so} is not {should}")


ROWS = {
    "raiser": ("as", "state", "seq", "theirs", "school"),
    "school": ("as", "state", "seq", "theirs", "owner", "kind", "worker"),
    "worker": ("as", "state", "seq", "theirs"),
}


def _reads(party: str, talk: Talk) -> bool:
    return party in talk.readers()


def _row(rules: Rules, party: str, talk: Talk) -> Json:
    role = {talk.raiser: "raiser", talk.school: "school"}.get(party, "worker")
    other = "school" if role == "raiser" else "raiser"
    state = "open" if talk.open else "terminated"
    row = {"as": role, "state": state, "seq": len(talk.entries), "theirs": talk.messages(other)}
    if role == "raiser":
        row |= {"school": talk.school}
    if role == "school":
        row |= {"owner": talk.raiser, "kind": rules.people[talk.raiser].kind, "worker": talk.worker}
    return row


def _entry(party: str, talk: Talk, said: tuple[str, str, str, str] | None) -> Any:
    if said is None:
        return None
    side, author, key, text = said
    own = key if author == party else None
    if party == talk.school:
        return side, text, own, author
    return (side, text, own) if party == talk.raiser else (side, text, own, author == party)


def _shown(entry: Json) -> Any:
    match entry["as"]:
        case "ended":
            return None
        case "raiser":
            return entry["side"], entry["text"], entry["key"]
        case "school":
            return entry["side"], entry["text"], entry["key"], entry["author"]
        case "worker":
            return entry["side"], entry["text"], entry["key"], entry["mine"]
    raise Differs(f"an entry of no known view: {entry}")


def _meter_shown(rules: Rules, party: str) -> tuple[int, int]:
    return (0, 0) if rules.people[party].kind == "worker" else (len(rules.open_threads_of(party)), MOST)
