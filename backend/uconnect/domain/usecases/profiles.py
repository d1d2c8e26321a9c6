"""Reads and updates what a party says about itself: name, profile, picture, policy, availability."""

from msgspec import UNSET, structs
from msgspec.structs import replace

from uconnect.domain import protocol, rate_limit
from uconnect.domain.authorization import load_caller, load_calling_school
from uconnect.domain.context import AuditedAct, Context, Delivery, Plan
from uconnect.domain.enums import ActKind
from uconnect.domain.errors import RefusalCode, Refused
from uconnect.domain.keys import PartyKey, PictureKey, RateLimitKey
from uconnect.domain.models import OfficeHours, Party, Picture, School, Worker
from uconnect.domain.notifications import notify_changed, notify_profile
from uconnect.domain.request_bodies import AvailabilityUpdate, NameUpdate, PictureUpload, PolicyUpdate, ProfileUpdate
from uconnect.domain.usecases import retention
from uconnect.domain.usecases.rate_limits import consume
from uconnect.domain.usecases.school_acts import by_school
from uconnect.domain.views.directory import Me
from uconnect.domain.views.directory import me as shown
from uconnect.domain.views.pages import Done


def me(context: Context, by: str) -> Plan[Me]:
    """The caller as it sees itself. Refusals: account_ended."""
    context.load(PartyKey(by), retention.FIND_SILENT)
    party, kept = load_caller(context, by), retention.shown(retention.rule(context))
    if not isinstance(party, Worker):
        return Plan(shown(party, party if isinstance(party, School) else None, kept))
    school = context.get(PartyKey(party.school))
    return Plan(shown(party, school if isinstance(school, School) else None, kept))


def rename(context: Context, by: str, command: NameUpdate) -> Plan[Done]:
    """Take another name. Refusals: account_ended, too_fast."""
    party = replace(load_caller(context, by), name=command.name)
    acts = by_school(by, ActKind.CHANGED_NAME) if isinstance(party, School) else ()
    return _update(context, party, notify_profile(context, party), acts)


def update_profile(context: Context, by: str, command: ProfileUpdate) -> Plan[Done]:
    """What a school says of itself in the directory; what is left out stays as it is.

    Refusals: account_ended, not_found, too_fast.
    """
    school = load_calling_school(context, by)
    told = {field: value for field, value in structs.asdict(command).items() if value is not UNSET}
    if command.hours is not UNSET:
        told["hours"] = tuple(OfficeHours(day=each.day, opens=each.opens, closes=each.closes) for each in command.hours)
    school = replace(school, **told)
    return _update(context, school, notify_profile(context, school), by_school(by, ActKind.CHANGED_PROFILE))


def update_policy(context: Context, by: str, command: PolicyUpdate) -> Plan[Done]:
    """What a school does with new threads. Refusals: account_ended, not_found, too_fast."""
    school = load_calling_school(context, by)
    told = notify_changed(by, what=protocol.ChangedSubject.ME)
    after = replace(school, policy=command.policy)
    return _update(context, after, told, by_school(by, ActKind.CHANGED_POLICY))


def update_picture(context: Context, by: str, command: PictureUpload) -> Plan[Done]:
    """Another picture for a school; with an empty one, none. Each has an id of its own, so it can be kept for ever.

    Refusals: account_ended, not_found, too_fast.
    """
    school = load_calling_school(context, by)
    pacing = RateLimitKey(by, "picture")
    used = consume(context, pacing, rate_limit.PICTURE)
    pictures = (Picture(id=context.new_id(), school=by, image=command.image),) if command.image else ()
    after = replace(school, picture=pictures[0].id if pictures else "")
    return Plan(
        Done(),
        puts=(after, used, *pictures),
        deletes=(PictureKey(school.picture),) if school.picture else (),
        deliveries=notify_profile(context, after),
        acts=by_school(by, ActKind.CHANGED_PICTURE),
    )


def picture(context: Context, id: str) -> Plan[bytes]:
    """The image of this id: a school's face is for everyone. Refusals: not_found."""
    found = context.get(PictureKey(id))
    if not found:
        raise Refused(RefusalCode.NOT_FOUND)
    return Plan(found.image)


def update_availability(context: Context, by: str, command: AvailabilityUpdate) -> Plan[Done]:
    """A worker says whether its school's policy may give it threads. Refusals: account_ended, not_found, too_fast."""
    worker = load_caller(context, by)
    if not isinstance(worker, Worker):
        raise Refused(RefusalCode.NOT_FOUND)
    worker = replace(worker, available=command.available)
    return _update(context, worker, notify_profile(context, worker))


def _update(
    context: Context, after: Party, told: tuple[Delivery, ...], acts: tuple[AuditedAct, ...] = ()
) -> Plan[Done]:
    pacing = RateLimitKey(after.id, "profile")
    used = consume(context, pacing, rate_limit.PROFILE)
    return Plan(Done(), puts=(after, used), deliveries=told, acts=acts)
