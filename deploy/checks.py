"""What would fail later is found before anything is built: the name, the account, the mail address, the quotas.

Each check asks AWS and changes nothing. What may not be looked at is passed over in words: the stack does not need it.
"""

import re
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from deploy import template
from deploy.code_bucket import CodeBucket
from deploy.combinations import require_possible
from deploy.errors import code_of, is_denied
from deploy.lifecycle import DEFAULT, NEVER_WHOLE, require_one_table
from deploy.stack import Failed, find, parameters

PREFIX = 63  # characters of a Cognito domain; "uconnect-" and the account's 12 digits, as the template makes it
LONGEST = PREFIX - len("-123456789012")
RESERVED = ("aws", "amazon", "cognito")  # Cognito Developer Guide, "Using the Amazon Cognito prefix domain"
FEW = 100  # functions at once; Lambda keeps so many for functions that reserve none
FEWEST = 10  # the same in an account that may run no more than FEW


def before_build(session: Any, name: str, chosen: Mapping[str, str], settings: Mapping[str, str]) -> None:
    """Print where the stack goes, and what to know before. `chosen` are parameters by their names, `settings` what sets
    each. Raises Failed."""
    require_name(name)
    account = session.client("sts").get_caller_identity()["Account"]
    found = find(session.client("cloudformation"), name)
    state = f"there, {found['StackStatus']}" if found else "new"
    print(f"Account {account}, region {session.region_name}, stack {name} ({state}).")
    before = parameters(found) if found and found["StackStatus"] not in NEVER_WHOLE else {}
    after = _after(before, chosen)
    require_possible(after, session.region_name, settings)
    if before:
        require_one_table(template.with_defaults(before), after)
    CodeBucket(session, name).is_there()
    _look_at_mail(session, chosen.get("MailFrom", DEFAULT), before.get("MailFrom", ""))
    _look_at_quota(session, before, after)


def _after(before: Mapping[str, str], chosen: Mapping[str, str]) -> dict[str, str]:
    """The parameters that the stack is going to have: what is not named stays."""
    named = {key: value for key, value in {**before, **chosen}.items() if value != DEFAULT}
    return template.with_defaults(named)


def require_name(name: str) -> None:
    """Raises Failed unless CloudFormation and Cognito both take the name of a stack: it is part of the sign-in pages'
    domain."""
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name):
        raise Failed(
            f"STACK={name} cannot be: a name has a-z, 0-9 and hyphens, begins with a-z, and does not end with a hyphen."
            " It becomes a part of an address (Cognito's domain)."
        )
    if len(name) > LONGEST:
        raise Failed(f"STACK={name} has {len(name)} characters: Cognito's domain leaves room for {LONGEST}.")
    for word in RESERVED:
        if word in name:
            raise Failed(f'STACK={name} cannot be: Cognito takes no domain with "{word}" in it.')


def _look_at_mail(session: Any, sender: str, before: str) -> None:
    """Raises Failed if SES would not send from an address that is set now."""
    if sender in {DEFAULT, "", before}:
        return
    ses = session.client("sesv2")
    verify = (
        f"Verify it first: aws sesv2 create-email-identity --email-identity {sender} --region {session.region_name},"
        " then click the link that comes by e-mail."
    )
    try:
        if not ses.get_email_identity(EmailIdentity=sender)["VerifiedForSendingStatus"]:
            raise Failed(f"MAIL_FROM={sender}: SES has not verified this address yet. {verify}")
        account = ses.get_account()
    except ClientError as error:
        if code_of(error) == "NotFoundException":
            raise Failed(f"MAIL_FROM={sender}: SES does not know this address in this region. {verify}") from None
        _pass_over(error, "SES")
        return
    if not account.get("ProductionAccessEnabled"):
        print("Note: SES is in its sandbox here: it writes to verified addresses only, 200 e-mails a day. Ask AWS for")
        print("production access (SES console, Account dashboard) before people sign up.")
    if not account.get("SendingEnabled", True):
        print("Note: AWS has paused e-mail of this account (SES console, Account dashboard).")


def _look_at_quota(session: Any, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    """Raises Failed if Lambda would not reserve what is to be reserved."""
    try:
        limit = session.client("lambda").get_account_settings()["AccountLimit"]
    except ClientError as error:
        _pass_over(error, "Lambda")
        return
    at_once, reserved = limit["ConcurrentExecutions"], after["JobsReserved"]
    more = int(reserved or 0) - int(before.get("JobsReserved") or 0)
    kept = FEW if at_once > FEW else FEWEST
    if more > 0 and limit["UnreservedConcurrentExecutions"] - more < kept:
        raise Failed(
            f"JOBS_RESERVED={reserved} cannot be: this account runs {at_once} functions at the same time, and AWS"
            f" reserves none that leaves fewer than {kept} to the other functions. Ask for more: Service Quotas,"
            " Lambda, Concurrent executions."
        )
    if at_once <= FEW:
        print(f"Note: this account runs {at_once} functions at the same time, as new accounts do. If more people")
        print("click in one moment, some must try again. Ask for 1,000: Service Quotas, Lambda, Concurrent executions.")
    if int(after["JobRuns"]) >= at_once:
        print(f"Note: jobs may take all {at_once} of them: set JOB_RUNS={max(2, at_once // 2)} until there are more.")


def _pass_over(error: ClientError, service: str) -> None:
    """A right that only a check needs is not missed. Any other error is raised."""
    if not is_denied(error):
        raise error
    print(f"Note: what {service} allows could not be looked at ({error.operation_name} is denied).")
