"""Checks the store itself: whether its file is whole, its counts, and what waits in it."""

from uconnect.adapters.mail import OutboxStatus
from uconnect.adapters.mail.outbox import status as outbox_status
from uconnect.adapters.sqlite import Damaged, check, job_queue, thread_counts
from uconnect.domain.usecases.job_steps import OVERDUE
from uconnect.entrypoints.cli.checks.findings import Finding, Status, duration_text
from uconnect.entrypoints.cli.checks.subject import Subject
from uconnect.entrypoints.cli.words import many
from uconnect.oidc_provider import signing_keys

KEY_DAYS = 730  # a key that signs is to be changed every one to three years (NIST SP 800-57 part 1, 5.3.6)
LONG = 3600  # seconds that an e-mail may wait
RESTORE = "Stop the server, and put your latest backup in its place: uconnect restore FILE"
REPAIR = "To correct them: uconnect doctor --repair"


def integrity(subject: Subject) -> Finding:
    try:
        check(subject.settings.database)
    except Damaged:
        says = "The data file is damaged: it contains something that uconnect did not write."
        return Finding("integrity", Status.FAILED, says, RESTORE)
    return Finding("integrity", Status.OK, "The data file is whole.")


def counts(subject: Subject) -> Finding:
    with subject.reading() as connection:
        wrong = len(thread_counts.wrong_counts(connection))
    if wrong:
        return Finding("counts", Status.FAILED, f"Wrong counts of threads: {wrong}.", REPAIR)
    return Finding("counts", Status.OK, "The counts of threads are right.")


def emails(subject: Subject) -> Finding:
    settings = subject.settings
    with subject.reading() as connection:
        found = outbox_status(connection, subject.now, taken=0.0)
    if settings.smtp is None:
        says = f"No mail server is set. {many(found.waiting, 'e-mail').capitalize()} saved here."
        if settings.is_local:
            return Finding("emails", Status.OK, says)
        return Finding("emails", Status.WARNING, says, "Set SMTP and MAIL_FROM, or no one gets an e-mail.")
    return _outgoing(subject, found)


def _outgoing(subject: Subject, found: OutboxStatus) -> Finding:
    age = f", the oldest for {duration_text(found.waited)}" if found.waiting else ""
    says = f"Waiting: {many(found.waiting, 'e-mail')}{age}. Refused for good: {many(found.failed, 'e-mail')}."
    if found.stands and subject.served:
        do = "Try the mail server: uconnect mail test ADDRESS. That says what it answers."
        return Finding("emails", Status.FAILED, says, do)
    if found.stands:
        return Finding("emails", Status.WARNING, says, "They are sent while the server runs: uconnect serve")
    if found.delayed or found.waited > LONG:
        return Finding("emails", Status.WARNING, says, "Try the mail server: uconnect mail test ADDRESS")
    return Finding("emails", Status.OK, says, "To list those refused: uconnect mail" if found.failed else "")


def jobs(subject: Subject) -> Finding:
    with subject.reading() as connection:
        found = job_queue.status(connection, int(subject.now * 1000))
    age = f", the oldest for {duration_text(found.waited)}" if found.due else ""
    says = f"Due: {many(found.due, 'job')}{age}. Set aside: {many(found.set_aside, 'job')}."
    if found.waited * 1000 > OVERDUE and subject.served:
        do = "If the number does not fall within an hour, restart the server. Its log says which jobs fail."
        return Finding("jobs", Status.FAILED, says, do)
    if found.waited * 1000 > OVERDUE:
        return Finding("jobs", Status.WARNING, says, "They run while the server runs: uconnect serve")
    if found.set_aside:
        do = "To list them: uconnect jobs. After a repair or an update: uconnect jobs retry"
        return Finding("jobs", Status.WARNING, says, do)
    return Finding("jobs", Status.OK, says)


def signing_key(subject: Subject) -> Finding | None:
    """How old the key is that signs tokens. There is none before the first start."""
    with subject.reading() as connection:
        found = signing_keys.listed(connection)
    if not found:
        return None
    age = max(0.0, subject.now - found[0].made)
    says = f"The key that signs tokens was made {duration_text(age)} ago."
    if age > KEY_DAYS * 86400:
        return Finding("signing_key", Status.WARNING, says, "Make a new one: uconnect keys rotate")
    return Finding("signing_key", Status.OK, says)
