"""Answers the operator who invokes the function of the jobs. Nobody else may invoke it."""

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from uconnect.application.admin import Admin, AdminRefused
from uconnect.application.audit import AuditBroken, checked
from uconnect.application.email_addresses import NotAnAddress, normal
from uconnect.domain.enums import Kind
from uconnect.domain.views.admin import Account

ACTS = 10_000  # in one answer, 2 MB: a function may answer with 6 MB


def answer(admin: Admin, asked: Mapping[str, str]) -> dict[str, Any]:
    """The answer to an `{"act": …, "kind": …, "email": …}`: `accounts`, or why it was `refused`.

    - `invite` and `list`: schools
    - `show` and `close`: a school or user. Of the kind worker: the worker and the invitations of an address; the answer
      is how many `workers` there were.
    - `jobs` and `retry`: the jobs that are set aside; the answer has `jobs`
    - `audit`: the last acts of the audit log, once all of it was checked; the answer has `acts`
    """
    kind = Kind(asked.get("kind", Kind.SCHOOL))
    try:
        email = normal(asked["email"]) if "email" in asked else ""
        match asked["act"]:
            case "invite":
                admin.invite_school(email)
            case "close" if kind is Kind.WORKER:
                return {"workers": admin.close_workers(email)}
            case "close":
                admin.close(email, kind)
                if kind is Kind.USER:
                    admin.close_workers(email)
            case "show" if kind is Kind.WORKER:
                return {"workers": len(admin.workers_at(email))}
            case "show":
                return _shown([admin.account(email, kind)])
            case "list":
                return _shown(admin.schools())
            case "jobs":
                return {"jobs": msgspec.to_builtins(admin.jobs())}
            case "retry":
                return {"jobs": msgspec.to_builtins(admin.retry())}
            case "audit":
                return {"acts": msgspec.to_builtins([*deque(checked(admin.acts()), ACTS)])}
            case other:
                return {"refused": f"{other!r} is not a command."}
    except (AdminRefused, AuditBroken, NotAnAddress) as refused:
        return {"refused": str(refused)}
    return _shown([])


def _shown(accounts: Iterable[Account]) -> dict[str, Any]:
    return {"accounts": msgspec.to_builtins([*accounts])}
