"""The DNS records that own domains need: what each name is to lead to, and what proves to Amplify that it is yours."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from deploy import sites

OURS = ("Api", "Socket", "Pages")


class Record(NamedTuple):
    """A record of a zone, as `NAME TYPE VALUE`."""

    name: str
    type: str
    value: str


def records(amplify: Any, outputs: Mapping[str, str]) -> Iterator[Record]:
    """Those of the API, the socket and the issuer's pages, and those that Amplify asks for."""
    for name in OURS:
        if f"{name}Name" in outputs:
            yield Record(outputs[f"{name}Name"], "CNAME", outputs[f"{name}Target"])
    for kind in sites.KINDS:
        app, origin = outputs.get(f"{kind.capitalize()}App"), outputs[f"{kind.capitalize()}Origin"]
        domain = urlsplit(origin).hostname or ""
        if app and not domain.endswith(".amplifyapp.com"):
            yield from _of_site(amplify, app, domain)


def _of_site(amplify: Any, app: str, domain: str) -> Iterator[Record]:
    """Amplify gives each record as text, and names the domain itself by nothing (API: DomainAssociation)."""
    found = amplify.get_domain_association(appId=app, domainName=domain)["domainAssociation"]
    asked = [found.get("certificateVerificationDNSRecord"), *(it["dnsRecord"] for it in found["subDomains"])]
    for text in filter(None, asked):
        name, _, rest = text.strip().partition(" ") if not text.startswith(" ") else ("", "", text.strip())
        what, _, value = rest.strip().partition(" ")
        yield Record(name or domain, what, value.strip())


def shown(found: Iterator[Record]) -> str:
    lines = [f"{it.name}  {it.type}  {it.value}" for it in found]
    return "\n".join(lines) or "This stack has no own domains: see docs/aws.md."
