"""What a party says of itself, and where it is asked for: names, a school's face and policy, a worker's switch."""

from msgspec import UNSET, structs
from msgspec.structs import replace

from uconnect.core import pace, wire
from uconnect.core.commands import Availability, Face, Name, Policied, Portrait
from uconnect.core.decide.access import Looking, calling, calling_school
from uconnect.core.decide.fanout import changed
from uconnect.core.decide.pacing import one_more
from uconnect.core.facts import Decision, Delivery, Moment, Plan
from uconnect.core.keys import PaceKey, PartyKey, PictureKey
from uconnect.core.model import Hours, Party, Picture, School, Worker
from uconnect.core.refusals import Refusal, Refused
from uconnect.core.views.directory import Me
from uconnect.core.views.directory import me as shown
from uconnect.core.views.pages import Done


def me(at: Moment, by: str) -> Decision[Me]:
    """The caller as it sees itself. Refusals: account_ended."""
    party = yield from calling(by)
    if isinstance(party, Refusal):
        return party
    if not isinstance(party, Worker):
        return Plan(shown(party, party if isinstance(party, School) else None))
    facts = yield (PartyKey(party.school),)
    school = facts.one(PartyKey(party.school))
    return Plan(shown(party, school if isinstance(school, School) else None))


def rename(at: Moment, by: str, command: Name) -> Decision[Done]:
    """Take another name. Refusals: account_ended, too_fast."""
    party = yield from calling(by)
    if isinstance(party, Refusal):
        return party
    return (yield from _changed(at, replace(party, name=command.name), _seen_by(party)))


def present(at: Moment, by: str, command: Face) -> Decision[Done]:
    """What a school says of itself in the directory; what is left out stays as it is.

    Refusals: account_ended, not_found, too_fast.
    """
    school = yield from calling_school(by)
    if isinstance(school, Refusal):
        return school
    told = {field: value for field, value in structs.asdict(command).items() if value is not UNSET}
    if command.hours is not UNSET:
        told["hours"] = tuple(Hours(day=each.day, opens=each.opens, closes=each.closes) for each in command.hours)
    school = replace(school, **told)
    return (yield from _changed(at, school, _seen_by(school)))


def choose(at: Moment, by: str, command: Policied) -> Decision[Done]:
    """What a school does with new threads. Refusals: account_ended, not_found, too_fast."""
    school = yield from calling_school(by)
    if isinstance(school, Refusal):
        return school
    return (yield from _changed(at, replace(school, policy=command.policy), changed(by, what=wire.What.ME)))


def portray(at: Moment, by: str, command: Portrait) -> Decision[Done]:
    """Another picture for a school; with an empty one, none. Each has an id of its own, so it can be kept for ever.

    Refusals: account_ended, not_found, too_fast.
    """
    school = yield from calling_school(by)
    if isinstance(school, Refusal):
        return school
    pacing = PaceKey(by, "picture")
    used = one_more(at, (yield (pacing,)), pacing, pace.PICTURE)
    if used is None:
        return Refused.TOO_FAST.refusal
    pictures = (Picture(id=at.fresh(), school=by, image=command.image),) if command.image else ()
    after = replace(school, picture=pictures[0].id if pictures else "")
    return Plan(
        Done(),
        puts=(after, used, *pictures),
        deletes=(PictureKey(school.picture),) if school.picture else (),
        deliveries=_seen_by(after),
    )


def picture(at: Moment, id: str) -> Decision[bytes]:
    """The image of this id: a school's face is for everyone. Refusals: not_found."""
    facts = yield (PictureKey(id),)
    found = facts.one(PictureKey(id))
    return Plan(found.image) if found else Refused.NOT_FOUND.refusal


def switch(at: Moment, by: str, command: Availability) -> Decision[Done]:
    """A worker says whether its school's policy may give it threads. Refusals: account_ended, not_found, too_fast."""
    worker = yield from calling(by)
    if isinstance(worker, Refusal):
        return worker
    if not isinstance(worker, Worker):
        return Refused.NOT_FOUND.refusal
    return (yield from _changed(at, replace(worker, available=command.available), _seen_by(worker)))


def _changed(at: Moment, after: Party, told: tuple[Delivery, ...]) -> Looking[Plan[Done] | Refusal]:
    pacing = PaceKey(after.id, "profile")
    used = one_more(at, (yield (pacing,)), pacing, pace.PROFILE)
    return Plan(Done(), puts=(after, used), deliveries=told) if used else Refused.TOO_FAST.refusal


def _seen_by(party: Party) -> tuple[Delivery, ...]:
    """Whom a change of this party's profile is told: itself, and for a worker its school, for a school its workers."""
    mine = changed(party.id, what=wire.What.ME)
    match party:
        case School():
            return (*mine, *changed(*party.workers, what=wire.What.ME))
        case Worker():
            return (*mine, *changed(party.school, what=wire.What.WORKERS))
        case _:
            return mine
