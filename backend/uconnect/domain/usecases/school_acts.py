"""A school's own acts: what is kept of them in the audit log, and what the school is shown of it (decision 0078).

Only acts on the account and its workers are kept, and none on a thread: the threads have their own entries. What is
kept has random ids and no text, so a worker who is removed leaves no name in it.
"""

from uconnect.domain.authorization import load_calling_school
from uconnect.domain.context import AuditedAct, Context, Plan
from uconnect.domain.enums import ActKind
from uconnect.domain.keys import ActsOf, PartyKey
from uconnect.domain.models import Worker
from uconnect.domain.views.school_acts import ActPage, act_card

KNOWN = {it.value for it in ActKind}


def by_school(school: str, what: ActKind, whom: str = "") -> tuple[AuditedAct]:
    """The act of a school: `whom` is a worker of it, else it concerns the school itself."""
    return (AuditedAct(what=what.value, whom=whom or school, by=school, school=school),)


def own_acts(context: Context, by: str, before: int | None, most: int) -> Plan[ActPage]:
    """The calling school's acts, and an operator's on its account, the last first. Refusals: account_ended, not_found.

    A worker is named while it is one of the school: of one that was removed nobody learns the name here.
    """
    school = load_calling_school(context, by)
    found = context.list(ActsOf(by, before, most + 1))
    context.load(*(PartyKey(it.whom) for it in found[:most] if it.whom in school.workers))
    cards = []
    for it in found[:most]:
        worker = context.get(PartyKey(it.whom)) if it.whom in school.workers else None
        if it.what in KNOWN:  # a later release may have kept others
            cards.append(act_card(it, worker if isinstance(worker, Worker) else None))
    return Plan(ActPage(acts=tuple(cards), next=found[most - 1].number if len(found) > most else None))
