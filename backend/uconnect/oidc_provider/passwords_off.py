"""Stands in for the pages about passwords where there are none (`PASSWORDS=off`)."""

from dataclasses import dataclass

from starlette.responses import Response

from uconnect.oidc_provider.pages import Form, HtmlPages, PageRequest, ShowFormAgain
from uconnect.oidc_provider.upstream_settings import SignInMethods

NO_PASSWORDS = "No one has a password here. Sign in with a button below."


@dataclass(frozen=True)
class PasswordsOff:
    """Stands at the address of a page about passwords where there are none."""

    html: HtmlPages
    methods: SignInMethods
    path: str

    async def form(self, request: PageRequest) -> Form:
        return Form("Sign in", NO_PASSWORDS, "", (), choices=self.html.choices(request, self.methods))

    async def submit(self, _: PageRequest) -> Response:
        raise ShowFormAgain(NO_PASSWORDS, 403)
