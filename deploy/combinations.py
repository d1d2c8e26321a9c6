"""Settings that cannot work together, or with this region or account, are refused in words before anything is built.

The template says most of it, by the constraints of its parameters and by its rules, so that CloudFormation refuses it
too. What its rules have no function for, such as "fewer than", is here.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from deploy import template
from deploy.stack import Failed

US_EAST_1 = "us-east-1"  # where CloudFront, and so Amplify and Cognito's own domain, look for certificates
NAMES = ("ApiDomain", "SocketDomain", "PagesDomain")
SITES = ("UserSite", "SchoolSite", "WorkerSite")
UNBUILT = ("CodeBucket", "CodeKey", "PillowKey")  # parameters that have no value before the zips are built
Given = Mapping[str, str]


def require_possible(given: Given, region: str, names: Mapping[str, str]) -> None:
    """Raises Failed for the parameters that a stack is to have in a region. `names` are the settings of parameters."""
    found = [*template.refusals({**given, **dict.fromkeys(UNBUILT, "x")}).values()] or [*_clashes(given, region)]
    if found:
        raise Failed("\n".join(_by_settings(it, names) for it in found))


def _clashes(given: Given, region: str) -> Iterator[str]:
    reserved, runs = given["JobsReserved"], given["JobRuns"]
    if reserved and int(reserved) < int(runs):
        # Lambda Developer Guide, "Configuring scaling behavior for SQS event source mappings".
        yield (
            f"JobsReserved={reserved} is less than JobRuns={runs}: Lambda would begin runs that it then refuses."
            " Reserve some more than JobRuns, for the runs that tell others."
        )
    for host, count in Counter(_hosts(given)).items():
        if count > 1:
            sharing = [name for name in (*SITES, *NAMES) if _host(given[name]) == host]
            yield f"{', '.join(sharing)} cannot share the name {host}."
    for name, of in _regions(given, region).items():
        if given[name] and _region(given[name]) != of:
            yield f"{name}={given[name]} cannot be: it has to be of the region {of}."
    if given["Hosting"] == "amplify":
        for name in SITES:
            if given[name] and not re.fullmatch(r"https://[a-z0-9.-]+", given[name]):
                yield f"{name}={given[name]} cannot be on Amplify, which serves https, without a port."


def _hosts(given: Given) -> Iterator[str]:
    """The names that lead to something of the stack. Sites that are elsewhere may share one, each in its folder."""
    hosts = [_host(given[name]) for name in SITES if given[name]]
    yield from hosts if given["Hosting"] == "amplify" else {*hosts}
    yield from (given[name] for name in NAMES if given[name])


def _host(site: str) -> str:
    return site.partition("://")[2] or site


def _regions(given: Given, region: str) -> dict[str, str]:
    """The region that each of these is looked for in."""
    return {
        "ApiCertificate": US_EAST_1 if given["WebAcl"] else region,
        "SocketCertificate": region,
        "PagesCertificate": US_EAST_1,
        "SitesCertificate": US_EAST_1,
        "KmsKey": region,
        "PoolWebAcl": region,
    }


def _region(arn: str) -> str:
    """arn:partition:service:region:account:resource"""
    return (*arn.split(":"), "", "", "", "")[3]


def _by_settings(text: str, names: Mapping[str, str]) -> str:
    """A sentence with the settings' names in place of the parameters'."""
    return re.sub(r"\b[A-Z]\w+\b", lambda found: names.get(found[0], found[0]), text)
