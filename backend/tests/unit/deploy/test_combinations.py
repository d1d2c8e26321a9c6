"""Settings that cannot work together are refused by `make deploy` before anything is built, by the settings' names."""

from typing import Any

import pytest
from deploy import template
from deploy.__main__ import SET

from tests.support.stub_aws import StubAws
from tests.unit.deploy.conftest import Run

HERE = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
US_EAST_1 = "arn:aws:acm:us-east-1:123456789012:certificate/2"
WEB_ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/uconnect/1"
SITES = {
    "USER_SITE": "https://ask.uni.edu", "SCHOOL_SITE": "https://desk.uni.edu", "WORKER_SITE": "https://work.uni.edu"
}  # fmt: skip
SAML = {"IDP_METADATA": "https://login.uni.edu/saml"}
OIDC = {"IDP_ISSUER": "https://login.uni.edu", "IDP_CLIENT": "us", "IDP_SECRET": "secret"}
API = {"API_DOMAIN": "api.uni.edu", "API_CERTIFICATE": HERE}
SOCKET = {"SOCKET_DOMAIN": "socket.uni.edu", "SOCKET_CERTIFICATE": HERE}
PAGES = {"PAGES_DOMAIN": "login.uni.edu", "PAGES_CERTIFICATE": US_EAST_1}
Settings = dict[str, str]

BY_RULE: dict[str, Settings] = {  # of the template, what breaks each
    "WholeIdp": {"IDP_NAME": "Uni", "IDP_ISSUER": "https://login.uni.edu"},
    "IdpNamed": {"IDP_ONLY": "true"},
    "OneIdp": {"IDP_NAME": "Uni", **SAML, **OIDC},
    "SitesNamed": {"HOSTING": "elsewhere", "USER_SITE": "https://ask.uni.edu"},
    "ApiNamed": {"API_DOMAIN": "api.uni.edu"},
    "SocketNamed": {"SOCKET_DOMAIN": "socket.uni.edu"},
    "PagesNamed": {"PAGES_DOMAIN": "login.uni.edu"},
    "Budget": {"BUDGET_USD": "300"},
}


def refused(said: str, *names: str) -> bool:
    """Whether a deployment was refused by these settings, before anything was asked to change."""
    return "FAILED: " in said and all(name in said.partition("FAILED: ")[2] for name in names)


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"JOBS_RESERVED": "19"}, ("JOBS_RESERVED=19", "JOB_RUNS=20")),
        ({"JOBS_RESERVED": "40", "JOB_RUNS": "41"}, ("JOBS_RESERVED=40", "JOB_RUNS=41")),
        ({**API, "SOCKET_DOMAIN": "api.uni.edu", "SOCKET_CERTIFICATE": HERE}, ("API_DOMAIN", "SOCKET_DOMAIN")),
        ({**SITES, "WORKER_SITE": "https://desk.uni.edu"}, ("SCHOOL_SITE, WORKER_SITE cannot share",)),
        ({**SITES, **API, "API_DOMAIN": "ask.uni.edu"}, ("USER_SITE, API_DOMAIN cannot share",)),
        ({**SITES, "USER_SITE": "http://ask.uni.edu"}, ("USER_SITE", "Amplify")),
        ({**SITES, "USER_SITE": "https://ask.uni.edu:8443"}, ("USER_SITE", "Amplify")),
        ({**API, "API_CERTIFICATE": US_EAST_1}, ("API_CERTIFICATE", "eu-west-1")),
        ({**API, "WEB_ACL": WEB_ACL}, ("API_CERTIFICATE", "us-east-1")),
        ({**SOCKET, "SOCKET_CERTIFICATE": US_EAST_1, "WEB_ACL": WEB_ACL}, ("SOCKET_CERTIFICATE", "eu-west-1")),
        ({**PAGES, "PAGES_CERTIFICATE": HERE}, ("PAGES_CERTIFICATE", "us-east-1")),
        ({**SITES, "SITES_CERTIFICATE": HERE}, ("SITES_CERTIFICATE", "us-east-1")),
        ({**PAGES, "PAGES_CERTIFICATE": "certificate"}, ("PAGES_CERTIFICATE=certificate", "us-east-1")),
        ({"KMS_KEY": "arn:aws:kms:eu-north-1:123456789012:key/1"}, ("KMS_KEY", "eu-west-1")),
        ({"POOL_WEB_ACL": "arn:aws:wafv2:eu-north-1:1:regional/webacl/u/1"}, ("POOL_WEB_ACL", "eu-west-1")),
    ],
)
def test_settings_that_cannot_work_together_are_refused(settings: Settings, names: tuple[str, ...], run: Run) -> None:
    assert refused(run("check", **settings), *names)


@pytest.mark.parametrize(
    "settings",
    [
        {"JOBS_RESERVED": "20"},
        {"JOBS_RESERVED": "5", "JOB_RUNS": "4"},
        {**SITES, **API, **SOCKET, **PAGES, "SITES_CERTIFICATE": US_EAST_1},
        {**API, "API_CERTIFICATE": US_EAST_1, "WEB_ACL": WEB_ACL},
        {"HOSTING": "elsewhere", **dict.fromkeys(SITES, "https://uni.edu")},
        {"HOSTING": "elsewhere", **dict.fromkeys(SITES, "http://localhost:8000")},
        {"IDP_NAME": "Uni", **SAML, "IDP_ONLY": "true"},
        {"IDP_NAME": "Uni", **OIDC},
    ],
)
def test_settings_that_work_together_are_taken(settings: Settings, run: Run) -> None:
    assert "FAILED" not in run("check", **settings)


@pytest.mark.parametrize("rule", template.read()["Rules"])
def test_what_a_rule_of_the_template_refuses_is_refused_before_it_is_built(rule: str, run: Run) -> None:
    parameters = {name: BY_RULE[rule][setting] for name, setting in SET.items() if setting in BY_RULE[rule]}
    assert rule in template.refusals(template.with_defaults(parameters))
    said = run("check", **BY_RULE[rule])
    assert refused(said)
    assert any(setting in said for setting in BY_RULE[rule])
    assert not any(name in said for name in SET), "the names of parameters are nothing that an operator sets"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"MFA": "maybe"}, "MFA=maybe cannot be: it is one of off, optional, required."),
        ({"LOG_DAYS": "31"}, "LOG_DAYS=31 cannot be: it is one of 1, 3, 5"),
        ({"JOB_RUNS": "1"}, "JOB_RUNS=1 cannot be: it is a whole number from 2 to 1000."),
        ({"JOB_RUNS": "1001"}, "JOB_RUNS=1001 cannot be"),
        ({"HTTP_RATE": "0"}, "HTTP_RATE=0 cannot be: it is a whole number from 1 on."),
        ({"HTTP_RATE": "many"}, "HTTP_RATE=many cannot be"),
        ({"JOBS_RESERVED": "0"}, "JOBS_RESERVED=0 cannot be: it is of the form"),
        ({"END_THREADS_AFTER": "7"}, "END_THREADS_AFTER=7 cannot be"),
        ({"API_DOMAIN": "https://api.uni.edu", "API_CERTIFICATE": HERE}, "A name, as in api.uni.edu"),
    ],
)
def test_a_value_that_the_template_does_not_take_is_refused_before_it_is_built(
    settings: Settings, said: str, run: Run
) -> None:
    assert refused(run("check", **settings), said)


def test_a_setting_is_weighed_with_those_that_stay(aws: StubAws, run: Run) -> None:
    aws.make(JobRuns="50", JobsReserved="60")
    assert refused(run("check", JOBS_RESERVED="40"), "JOBS_RESERVED=40", "JOB_RUNS=50")
    assert refused(run("check", JOB_RUNS="61"), "JOBS_RESERVED=60", "JOB_RUNS=61")
    assert "FAILED" not in run("check", JOBS_RESERVED="40", JOB_RUNS="default")
    assert "FAILED" not in run("check", JOBS_RESERVED="default", JOB_RUNS="100")


def test_a_stack_that_was_never_whole_keeps_no_setting(aws: StubAws, run: Run) -> None:
    aws.make("ROLLBACK_COMPLETE", JobRuns="50")
    assert "FAILED" not in run("check", JOBS_RESERVED="40")


def test_another_table_beside_a_canary_is_refused_before_it_is_built(aws: StubAws, run: Run) -> None:
    aws.make()
    assert refused(run("check", RESTORED_TABLE="restored"), "RESTORED_TABLE", "CANARY=false")
    assert "FAILED" not in run("check", RESTORED_TABLE="restored", CANARY="false")
    aws.make(RestoredTable="restored")
    assert "FAILED" not in run("check")


@pytest.mark.parametrize(("at_once", "reserved", "most"), [(1000, 0, 900), (1000, 500, 400), (50, 0, 40)])
def test_no_more_is_reserved_than_the_account_has(
    at_once: int, reserved: int, most: int, aws: StubAws, run: Run
) -> None:
    aws.functions_at_once, aws.reserved = at_once, reserved
    few: dict[str, Any] = {"JOB_RUNS": "5"}
    assert "FAILED" not in run("check", JOBS_RESERVED=str(most), **few)
    assert refused(run("check", JOBS_RESERVED=str(most + 1), **few), f"JOBS_RESERVED={most + 1}", str(at_once))
    aws.make(JobsReserved=str(most), JobRuns="5")
    aws.reserved += most
    assert "FAILED" not in run("check"), "it has these already"
    assert refused(run("check", JOBS_RESERVED=str(most + 1)))


def test_a_new_account_is_told_of_runs_that_would_take_all_of_it(aws: StubAws, run: Run) -> None:
    aws.functions_at_once = 10
    assert "jobs may take all 10 of them: set JOB_RUNS=5" in run("check")
    assert "JOB_RUNS" not in run("check", JOB_RUNS="5")
