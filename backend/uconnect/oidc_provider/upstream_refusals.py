"""The pages that say why another provider did not sign somebody in. They have words of ours alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from uconnect.domain.enums import Kind
from uconnect.domain.text import isolated
from uconnect.oidc_provider import validation
from uconnect.oidc_provider.pages import HtmlPages
from uconnect.oidc_provider.settings import Client
from uconnect.oidc_provider.upstream_client import FailureKind
from uconnect.oidc_provider.upstream_settings import Upstream

EXPIRED = (
    "It took too long, was already used, or began in another browser. Nothing was changed. Go back to uconnect and"
    " sign in again."
)
NO_COOKIE = " If you see this right away, allow cookies for this address: your browser sent none."
FAILED = {
    FailureKind.DENIED: (403, "You are not signed in", "{} did not sign you in, or you canceled it there."),
    FailureKind.REFUSED: (
        403,
        "You are not signed in",
        "{} refused to sign you in. Try again. If this repeats, tell the people who run this service.",
    ),
    FailureKind.AGAIN: (400, "Sign in again", "The sign-in at {} is not complete, or took too long."),
    FailureKind.DOWN: (503, "{} does not answer", "uconnect cannot reach {} right now. Wait a minute, then try again."),
    FailureKind.WRONG: (
        502,
        "You are not signed in",
        "uconnect could not verify the answer of {}. Try again. If this repeats, tell the people who run this service.",
    ),
}
NO_ADDRESS = "{} does not tell uconnect your e-mail address, which uconnect needs. Ask the people who run this service."
UNVERIFIED = "{} has not verified your e-mail address. Verify it there, then sign in again."
OTHER_DOMAIN = "You cannot sign in with the address {} here. Use an address {}."
NOT_ALLOWED = {
    Kind.USER: "Your account at {} may not ask questions here. To ask why, contact the people who run this service.",
    Kind.SCHOOL: "Your account at {} may not open a school here. To ask why, contact the people who run this service.",
    Kind.WORKER: "Your account at {} may not be a worker here. To ask why, contact the people who run this service.",
}
INVITED_ONLY = "You need an invitation to create an account here. Open the link in your invitation e-mail."
OTHER_INVITED = "You are invited as {}, and {} signed you in as {}. Sign in there with the address that was invited."
LINKED_ELSEWHERE = (
    "There is an account with the address {} here, and somebody else signs in to it with {}. Nothing was changed. If"
    " the account is yours, contact the people who run this service."
)
NOT_LINKED = (
    "{} is not connected to your account: it is connected to another account here, or your account is connected to"
    " another person there. Disconnect the other one first."
)
OTHER_PERSON = (
    "You signed in at {} as another person. Nothing was changed. Sign in there with the account that is connected here."
)
NOT_PROVED = "{} did not ask you to sign in again, so uconnect cannot confirm it's you. Sign out there, then try again."
CHANGED = (
    "{} now says that your e-mail address is {}. uconnect still sends e-mails to {}. To change that, open your account."
)
TITLE = "You are not signed in"


@dataclass(frozen=True)
class UpstreamRefusals:
    """Makes these pages, with a link to begin again."""

    html: HtmlPages

    def expired(self, *, has_cookie: bool) -> Response:
        """An answer that no browser, or not this one, waits for."""
        text = EXPIRED if has_cookie else EXPIRED + NO_COOKIE
        return self.html.notice("This sign-in has expired", text, status=400)

    def failed(self, kind: FailureKind, upstream: Upstream, client: Client) -> Response:
        """Nobody was named."""
        status, title, text = FAILED[kind]
        name = isolated(upstream.name)
        response = self.refused(text.format(name), client, status, title.format(name))
        if status == 503:
            response.headers["Retry-After"] = "60"
        return response

    def refused(self, text: str, client: Client, status: int = 403, title: str = TITLE) -> Response:
        """Somebody was named, and is not let in."""
        again = (self.html.path_for("sign-in", client), "Sign in again")
        return self.html.notice(title, text, client, status=status, onward=again)

    def other_domain(self, email: str, domains: Sequence[str], client: Client) -> Response:
        text = OTHER_DOMAIN.format(isolated(email), validation.domains_in_words(domains))
        return self.refused(text, client)
