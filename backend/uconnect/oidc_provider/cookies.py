"""Our cookies are for us alone: not for scripts, not for other sites, not for the site beside it."""

from starlette.requests import Request
from starlette.responses import Response

from uconnect.oidc_provider import email_verification, known_devices, sessions
from uconnect.oidc_provider.clients import Client


class Cookies:
    """One session cookie a site, so that one browser can be three parties, one a site while an address is being proved,
    one a site by which accounts know the browser again, and one for our forms."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure
        # With this prefix a browser takes the cookie from us alone: a neighbour of our host name cannot plant one.
        self._prefix = "__Host-" if secure else ""

    def session(self, request: Request, client: Client) -> str | None:
        return request.cookies.get(self._session_name(client))

    def plant_session(self, response: Response, client: Client, secret: str) -> None:
        self._plant(response, self._session_name(client), secret, sessions.LIFETIME)

    def forget_session(self, response: Response, client: Client) -> None:
        self._plant(response, self._session_name(client), "", 0)

    def proof(self, request: Request, client: Client) -> str | None:
        return request.cookies.get(self._proof_name(client))

    def plant_proof(self, response: Response, client: Client, ticket: str) -> None:
        self._plant(response, self._proof_name(client), ticket, email_verification.LIFETIME)

    def forget_proof(self, response: Response, client: Client) -> None:
        self._plant(response, self._proof_name(client), "", 0)

    def device(self, request: Request, client: Client) -> str | None:
        return request.cookies.get(self._device_name(client))

    def plant_device(self, response: Response, client: Client, secret: str) -> None:
        self._plant(response, self._device_name(client), secret, known_devices.LIFETIME)

    def form(self, request: Request) -> str | None:
        return request.cookies.get(f"{self._prefix}uconnect_form")

    def plant_form(self, response: Response, value: str) -> None:
        self._plant(response, f"{self._prefix}uconnect_form", value, None)

    def _session_name(self, client: Client) -> str:
        return f"{self._prefix}uconnect_session_{client.short}"

    def _proof_name(self, client: Client) -> str:
        return f"{self._prefix}uconnect_proof_{client.short}"

    def _device_name(self, client: Client) -> str:
        return f"{self._prefix}uconnect_device_{client.short}"

    def _plant(self, response: Response, name: str, value: str, seconds: int | None) -> None:
        # Lax, not Strict: coming from a site on another origin is how one gets here.
        response.set_cookie(name, value, max_age=seconds, path="/", secure=self._secure, httponly=True, samesite="lax")
