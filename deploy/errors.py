"""Puts what AWS refuses, or what keeps us from reaching it, into a sentence that says what to do.

The texts are AWS's own, as its documentation and its answers have them; tests/support/stub_aws.py answers with them.
"""

import re
from typing import Any

from botocore import exceptions

POLICY = "deploy/policy.json"
RIGHTS = f"Your rights lack it: {POLICY} lists all that make deploy and make destroy need (docs/aws.md)."
NO_REGION = "Name the region, as in make deploy AWS_REGION=eu-west-1, or set it by aws configure."
LOG_IN = "Log in: aws configure, aws login, aws sso login, or AWS_PROFILE=name."
UNREACHED = (
    "AWS could not be reached. Look at your network, at your proxy (HTTPS_PROXY), and whether the region exists."
)
NOT_AUTHORIZED = re.compile(r"not authorized to perform:? \[?([a-z0-9-]+:\w+)")
ADVICE = (  # what CloudFormation gives as the reason of a failure, and what to do
    (NOT_AUTHORIZED, RIGHTS),
    (
        re.compile(r"(?i)already associated with another user pool|domain already exists"),
        "Another pool has this stack's name as the domain of its pages. Choose another: STACK=name.",
    ),
    (
        re.compile(r"(?i)email address is not verified|not allowed to use your email identity"),
        "SES has not verified MAIL_FROM in this region: verify it in the SES console, or leave MAIL_FROM out.",
    ),
    (
        re.compile(r"CloudWatch Logs role ARN must be set"),
        "ACCESS_LOG=all needs a role by which API Gateway writes logs, once in each region: see docs/aws.md.",
    ),
    (
        re.compile(r"UnreservedConcurrentExecution below its minimum"),
        "This account may run too few functions at the same time. Ask for 1,000: Service Quotas, Lambda.",
    ),
    (
        re.compile(r"(?i)protected against deletion|deletion protection is activated"),
        "What people wrote is protected. Run make deploy PROTECT=false, then this again.",
    ),
    (
        re.compile(r"(?i)limit ?exceeded|maximum (number|limit) of|quota"),
        "A quota of this account is reached: delete what is unused, or ask for more in Service Quotas.",
    ),
    (
        re.compile(r"(?i)already exists"),
        "Something of this name is there, and is not the stack's. Delete it, or choose another name: STACK=name.",
    ),
)
CODES = {  # of an answer of AWS
    "ExpiredToken": f"Your sign-in at AWS has expired. {LOG_IN}",
    "ExpiredTokenException": f"Your sign-in at AWS has expired. {LOG_IN}",
    "RequestExpired": f"Your sign-in at AWS has expired, or the clock of this computer is wrong. {LOG_IN}",
    "RequestTimeTooSkewed": "The clock of this computer is wrong. Set it, and try again.",
    "InvalidClientTokenId": f"AWS does not know your access key, or this region is not enabled. {LOG_IN}",
    "UnrecognizedClientException": f"AWS does not know your access key, or this region is not enabled. {LOG_IN}",
    "SignatureDoesNotMatch": f"Your secret key does not fit your access key. {LOG_IN}",
    "OptInRequired": "This account, or this region, is not enabled for the service yet. Finish its sign-up at AWS.",
    "SubscriptionRequiredException": "This account is not enabled for the service yet. Finish its sign-up at AWS.",
}
NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.UnknownCredentialError,
    exceptions.TokenRetrievalError,
    exceptions.LoginError,
    exceptions.SSOError,
)
NO_ANSWER = (exceptions.HTTPClientError, exceptions.ConnectionError)


def advice(reason: str) -> str:
    """A sentence that says what to do about the reason of a failure; empty if there is none in ADVICE."""
    return next((what for pattern, what in ADVICE if pattern.search(reason)), "")


def is_denied(error: exceptions.ClientError) -> bool:
    """Whether the right to ask was missing."""
    return code_of(error) in {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


def code_of(error: exceptions.ClientError) -> str:
    answer: Any = error.response
    return str(answer.get("Error", {}).get("Code", ""))


def sentence(error: Exception) -> str:
    """Why AWS did not do something, for an operator."""
    match error:
        case exceptions.ClientError():
            return _refusal(error)
        case exceptions.ProfileNotFound():
            return f"{error}. {LOG_IN}"
        case exceptions.NoRegionError():
            return NO_REGION
        case _ if isinstance(error, NO_CREDENTIALS):
            return f"There are no credentials for AWS, or they are of no use ({error}). {LOG_IN}"
        case _ if isinstance(error, NO_ANSWER):
            return f"{UNREACHED} ({error})"
    return f"AWS could not be asked: {error}"


def _refusal(error: exceptions.ClientError) -> str:
    answer: Any = error.response
    code, message = code_of(error), str(answer.get("Error", {}).get("Message", ""))
    if code in CODES:
        return CODES[code]
    if is_denied(error):
        found = NOT_AUTHORIZED.search(message)
        action = found[1] if found else f"the operation {error.operation_name}"
        return f"AWS denied {action}. {RIGHTS}"
    return f"AWS refused {error.operation_name}: {message or code}. {advice(message)}".rstrip()
