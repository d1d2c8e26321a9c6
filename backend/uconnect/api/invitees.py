"""Whom a school invites is an address that letters can reach, in its normal form, before any use case sees it."""

from msgspec.structs import replace

from uconnect.addresses import NotAnAddress, normal
from uconnect.core.commands import Invite
from uconnect.core.refusals import Refusal, Refused


def addressed(invite: Invite) -> Invite | Refusal:
    """The same invitation to the normal form of its address. Refusals: unreachable_address."""
    try:
        return replace(invite, email=normal(invite.email))
    except NotAnAddress:
        return Refused.UNREACHABLE_ADDRESS.refusal
