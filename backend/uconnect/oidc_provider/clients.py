"""A client is one site: it may be sent back to its registered addresses only, compared whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Client:
    """One public client. `name` is shown on the pages ("School"), `about` is one sentence under "Sign in".

    `origins` are the scheme, host and port its pages are served from: they may read our answers (CORS). `sign_up` says
    whether anyone may make an account for it (else one is invited), whose name is asked for as `asks_name`. Who comes
    from a letter lands at `home`, told who the issuer is: the site then begins to sign in (OpenID Connect Core §4).
    """

    id: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    about: str = ""
    home: str = ""
    sign_up: bool = False
    asks_name: str = "Your name"

    @property
    def short(self) -> str:
        """The last word of the id, `user` of `uconnect-user`: it tells the sites' cookies apart."""
        return self.id.rpartition("-")[2]

    @property
    def landing_origins(self) -> list[str]:
        """Where a form of ours may end up once it has redirected back to the site."""
        homes = [self.home] if self.home else []
        return sorted({origin_of(uri) for uri in (*self.redirect_uris, *self.post_logout_redirect_uris, *homes)})


def origin_of(url: str) -> str:
    """Scheme, host and port of an address, as a browser writes an origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def by_id(clients: Sequence[Client]) -> dict[str, Client]:
    """The clients by id. Raises ValueError if two would share an id or a cookie."""
    table = {client.id: client for client in clients}
    if len({client.short for client in table.values()}) != len(clients):
        raise ValueError("Each client needs an id of its own, and its last word (after the last '-') too.")
    return table
