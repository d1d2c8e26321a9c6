"""Registers the three sites as clients of the built-in identity provider."""

from uconnect.domain.enums import Kind
from uconnect.entrypoints.server.settings import Settings
from uconnect.entrypoints.server.static_files import client_of
from uconnect.oidc_provider import Client

ABOUT = {
    Kind.USER: "Ask a school a question and read its answers.",
    Kind.SCHOOL: "Answer the questions sent to your school, or give them to your workers.",
    Kind.WORKER: "Answer the threads your school gives you.",
}


def clients(settings: Settings) -> list[Client]:
    """A client a site. Anyone may sign up as a user, and as a school where that is open; workers are invited."""
    sign_up = {Kind.USER: True, Kind.SCHOOL: not settings.schools_invited_only, Kind.WORKER: False}
    return [_client(settings, kind, sign_up=sign_up[kind]) for kind in Kind]


def _client(settings: Settings, kind: Kind, *, sign_up: bool) -> Client:
    home = f"{settings.url}/{kind.value}/"
    return Client(
        id=client_of(kind),
        name={Kind.USER: "You", Kind.SCHOOL: "School", Kind.WORKER: "Worker"}[kind],
        redirect_uris=(home,),
        post_logout_redirect_uris=(home,),
        origins=(settings.url,),
        about=ABOUT[kind],
        home=home,
        sign_up=sign_up,
        domains=settings.sign_up_domains,
        needs_passkey=settings.need_passkey.includes(kind),
        asks_name="The school's name" if kind is Kind.SCHOOL else "Your name",
    )
