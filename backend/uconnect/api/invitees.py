"""Normalizes the e-mail address that a school invites, before any use case sees it."""

from msgspec.structs import replace

from uconnect.application.email_addresses import NotAnAddress, normal
from uconnect.domain.errors import Refusal, RefusalCode
from uconnect.domain.request_bodies import Invite


def addressed(invite: Invite) -> Invite | Refusal:
    """The same invitation to the normal form of its address. Refusals: unreachable_address."""
    try:
        return replace(invite, email=normal(invite.email))
    except NotAnAddress:
        return RefusalCode.UNREACHABLE_ADDRESS.refusal
