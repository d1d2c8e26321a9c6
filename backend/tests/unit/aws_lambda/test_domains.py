"""Own domains: the records to make, and what follows a name."""

from typing import Any

from deploy import domains, sites
from deploy.domains import Record

OUTPUTS = {
    "Passkeys": "false",
    "Url": "https://api.uni.edu",
    "SocketUrl": "https://socket.uni.edu",
    "Issuer": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x",
    "Pages": "https://login.uni.edu",
    "Mails": "true",
    "ApiName": "api.uni.edu",
    "ApiTarget": "d-x.execute-api.eu-west-1.amazonaws.com",
    "PagesName": "login.uni.edu",
    "PagesTarget": "dx.cloudfront.net",
} | {
    f"{kind.capitalize()}{name}": value
    for kind in sites.KINDS
    for name, value in {
        "Origin": f"https://{kind}.uni.edu",
        "App": f"app-{kind}",
        "Client": kind,
        "Idp": "none",
    }.items()
}


class Amplify:
    """Answers as its API is documented (DomainAssociation): each record is a text."""

    def get_domain_association(self, **asked: str) -> dict[str, Any]:
        domain = asked["domainName"]
        assert asked["appId"] == f"app-{domain.partition('.')[0]}"
        return {
            "domainAssociation": {
                "certificateVerificationDNSRecord": f"_abc.{domain}. CNAME _def.acm-validations.aws.",
                "subDomains": [{"dnsRecord": " CNAME dxyz.cloudfront.net"}],
            }
        }


def test_every_own_domain_has_its_records() -> None:
    found = [*domains.records(Amplify(), OUTPUTS)]
    assert found[:2] == [
        Record("api.uni.edu", "CNAME", "d-x.execute-api.eu-west-1.amazonaws.com"),
        Record("login.uni.edu", "CNAME", "dx.cloudfront.net"),
    ]
    assert found[2:4] == [
        Record("_abc.user.uni.edu.", "CNAME", "_def.acm-validations.aws."),
        Record("user.uni.edu", "CNAME", "dxyz.cloudfront.net"),
    ]
    assert len(found) == 2 + 3 * 2


def test_addresses_of_amplify_and_sites_elsewhere_need_no_records() -> None:
    without = {name: value for name, value in OUTPUTS.items() if not name.endswith(("Name", "Target"))}
    elsewhere = {name: value for name, value in without.items() if not name.endswith("App")}
    assert [*domains.records(Amplify(), elsewhere)] == []
    hosted = without | {f"{kind.capitalize()}Origin": "https://main.x.amplifyapp.com" for kind in sites.KINDS}
    assert domains.shown(domains.records(Amplify(), hosted)).startswith("This stack has no own domains")


def test_what_a_page_may_reach_and_is_told_follows_the_names() -> None:
    assert sites.config("user", OUTPUTS)["api"] == "https://api.uni.edu/api"
    assert sites.config("user", OUTPUTS)["socket"] == "wss://socket.uni.edu"
    assert sites.config("user", OUTPUTS)["sites"]["school"] == "https://school.uni.edu/school/"
    assert str(sites.config("user", OUTPUTS)["sign_up"]).startswith("https://login.uni.edu/signup?")
    connected = sites.policy(OUTPUTS).partition("connect-src")[2].partition(";")[0].split()
    issuer = "https://cognito-idp.eu-west-1.amazonaws.com"
    assert connected == ["'self'", "https://api.uni.edu", "wss://socket.uni.edu", issuer, "https://login.uni.edu"]
