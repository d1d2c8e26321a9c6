"""Our clients, codes and refresh tokens in the shapes Authlib asks for; every client here is public, code flow only."""

from uconnect.oidc_provider.clients import Client
from uconnect.oidc_provider.sessions import Session
from uconnect.oidc_provider.token_store import AuthorizationCode, TokenFamily


class ClientAdapter:
    """A site: it has no secret, and gets a scope with `openid` in it or none at all."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.id = client.id

    def get_default_redirect_uri(self) -> None:
        """OpenID Connect Core §3.1.2.1: the site always says it."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        return scope if scope and "openid" in scope.split() else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.client.redirect_uris

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in {"authorization_code", "refresh_token"}


class CodeAdapter:
    """A code that was just taken out, and the session it came of (None if that has ended)."""

    def __init__(self, code: AuthorizationCode, session: Session | None) -> None:
        self.code = code
        self.session = session
        self.code_challenge = code.challenge
        self.code_challenge_method = "S256"

    def get_redirect_uri(self) -> str:
        return self.code.redirect_uri

    def get_scope(self) -> str:
        return self.code.scope


class RefreshTokenAdapter:
    """A token of a family that is good, and its living session."""

    def __init__(self, family: TokenFamily, session: Session) -> None:
        self.family = family
        self.session = session

    def check_client(self, client: ClientAdapter) -> bool:
        return self.family.client == client.id

    def get_scope(self) -> str:
        return self.family.scope
