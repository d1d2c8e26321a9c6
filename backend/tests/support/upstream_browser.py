"""Somebody's browser between uconnect and a provider that others wrote, over sockets."""

from abc import ABC, abstractmethod

import httpx

from tests.support import provider_pages
from tests.support.polling import TIMEOUT
from tests.unit.oidc_provider.upstream_kit import choices, left_for

SECRET = "s3cret: with 100% of it"  # of uconnect as the client of each


class UpstreamBrowser(ABC):
    """A browser that goes to uconnect at `url` and to the provider `issuer`. `http` has the cookies of both."""

    def __init__(self, url: str, issuer: str) -> None:
        self.url, self.issuer = url, issuer
        self.http = httpx.Client(base_url=url, timeout=TIMEOUT)

    @abstractmethod
    def sign_in_there(self, answer: httpx.Response, person: str) -> httpx.Response:
        """What the provider answers after `person` has signed in and agreed on its page; `answer` leads there."""

    @abstractmethod
    def sign_out_there(self) -> None:
        """Sign out at the provider."""

    def arrive(self, page: httpx.Response, person: str) -> httpx.Response:
        """Press the button on a page, sign in there, agree, and come back."""
        action, hidden = choices(page)
        left = self.http.post(action, data=hidden | {"provider": "campus"}, headers={"Origin": self.url})
        answer = self.sign_in_there(self.http.get(left_for(left)), person)
        assert answer.headers["location"].startswith(self.url), answer.text
        return self.http.get(answer.headers["location"])

    def submit(self, page: httpx.Response, **fields: str) -> httpx.Response:
        """Send the form of a page of uconnect."""
        action, hidden = provider_pages.form(page.text)
        return self.http.post(action, data=hidden | fields, headers={"Origin": self.url})
