"""docs/openid-conformance.md has a row for each module of three plans of the Foundation, and names real tests."""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PAGE = (HERE.parents[3] / "docs" / "openid-conformance.md").read_text("utf-8")
CASES = "test_foundation_cases.py"
ROW = re.compile(r"^\| `(oidcc-[\w-]+)` \| ([^|]+) \| ([^|]*) \| ([^|]*) \|$", re.MULTILINE)
RESULTS = {"passes", "warns", "is skipped", "fails", "does not apply"}
PLANS = {  # the modules of each plan, as the suite of August 2026 lists them
    "oidcc-basic-certification-test-plan": """
        oidcc-server oidcc-response-type-missing oidcc-idtoken-signature oidcc-idtoken-unsigned oidcc-userinfo-get
        oidcc-userinfo-post-header oidcc-userinfo-post-body oidcc-ensure-request-without-nonce-succeeds-for-code-flow
        oidcc-scope-profile oidcc-scope-email oidcc-scope-address oidcc-scope-phone oidcc-scope-all
        oidcc-alternate-happy-flow oidcc-display-page oidcc-display-popup oidcc-prompt-login
        oidcc-prompt-none-not-logged-in oidcc-prompt-none-logged-in oidcc-max-age-1 oidcc-max-age-10000
        oidcc-ensure-request-with-unknown-parameter-succeeds oidcc-id-token-hint oidcc-login-hint oidcc-ui-locales
        oidcc-claims-locales oidcc-ensure-request-with-acr-values-succeeds oidcc-codereuse oidcc-codereuse-30seconds
        oidcc-ensure-registered-redirect-uri oidcc-ensure-post-request-succeeds oidcc-server-client-secret-post
        oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported
        oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported oidcc-claims-essential
        oidcc-ensure-request-object-with-redirect-uri oidcc-refresh-token oidcc-ensure-request-with-valid-pkce-succeeds
    """,
    "oidcc-config-certification-test-plan": "oidcc-discovery-endpoint-verification",
    "oidcc-rp-initiated-logout-certification-test-plan": """
        oidcc-rp-initiated-logout-discovery-endpoint-verification oidcc-rp-initiated-logout
        oidcc-rp-initiated-logout-bad-post-logout-redirect-uri oidcc-rp-initiated-logout-modified-id-token-hint
        oidcc-rp-initiated-logout-no-id-token-hint oidcc-rp-initiated-logout-no-params
        oidcc-rp-initiated-logout-no-post-logout-redirect-uri oidcc-rp-initiated-logout-no-state
        oidcc-rp-initiated-logout-only-state oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri
        oidcc-rp-initiated-logout-bad-id-token-hint
    """,
}


@dataclass(frozen=True)
class Row:
    """A module, what it would find here, the tests (file, name) that show it, and the reason."""

    module: str
    result: str
    tests: list[tuple[str, str]]
    why: str


def rows(plan: str) -> list[Row]:
    section = PAGE.partition(f"`{plan}`\n")[2].partition("\n## ")[0]
    found = []
    for cells in ROW.findall(section):
        module, result, tests, why = (it.strip() for it in cells)
        found.append(Row(module, result, re.findall(r"`(test_\w+\.py)::(test_\w+)`", tests), why))
    return found


ROWS = [pytest.param(row, id=row.module) for plan in PLANS for row in rows(plan)]


def source(file: str, test: str) -> str:
    """A test with its decorators; empty if there is none of this name."""
    text = (HERE / file).read_text("utf-8")
    lines = text.splitlines()
    for it in ast.parse(text).body:
        if isinstance(it, ast.FunctionDef) and it.name == test:
            first = min([it.lineno, *(decorator.lineno for decorator in it.decorator_list)])
            return "\n".join(lines[first - 1 : it.end_lineno])
    return ""


@pytest.mark.parametrize("plan", PLANS)
def test_each_module_of_a_plan_has_one_row_in_its_order(plan: str) -> None:
    assert [row.module for row in rows(plan)] == PLANS[plan].split()


@pytest.mark.parametrize("row", ROWS)
def test_a_row_says_what_is_true_and_why_where_it_does_not_pass(row: Row) -> None:
    assert row.result in RESULTS
    assert row.tests or row.result == "does not apply"
    assert row.why or row.result == "passes"
    for file, test in row.tests:
        assert source(file, test), f"{file} has no {test}"
        assert file != CASES or re.search(rf"{row.module}(?![\w-])", source(file, test)), "the test is of other modules"


def test_each_case_of_the_foundation_that_is_tested_is_on_the_page() -> None:
    named = re.findall(r"oidcc-[\w-]+", (HERE / CASES).read_text("utf-8"))
    shown = {row.module for plan in PLANS for row in rows(plan) if CASES in dict(row.tests)}
    assert {*named} == shown
