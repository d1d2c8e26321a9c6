"""Lets go of e-mail addresses: one that is nobody's, and invites to nothing, is deleted (decision 0076).

How many letters schools have had written to it is forgotten with it, so that waits until these count no more: else
schools could invite and remove an address again and again, each time with a letter.
"""

from msgspec.structs import replace

from uconnect.domain import rate_limit
from uconnect.domain.context import Context, Plan
from uconnect.domain.jobs import ForgetAddress
from uconnect.domain.keys import AddressKey, Key
from uconnect.domain.models import Address, Job, Record

LETTERS_LAST = rate_limit.INVITATION_LETTERS.every * rate_limit.INVITATION_LETTERS.burst  # ms


def free_address(address: Address, *parties: str) -> Address:
    """An address that is none of these parties any more, and invites to none of their places."""
    return replace(
        address,
        party=None if address.party in parties else address.party,
        invitations=tuple(id for id in address.invitations if id not in parties),
    )


def let_go(context: Context, address: Address) -> tuple[tuple[Record, ...], tuple[Key[Record], ...]]:
    """What is written and deleted of an address that somebody gives up."""
    if not _is_unused(address):
        return (address,), ()
    if address.letters <= context.now:
        return (), (AddressKey(address.email),)
    due = min(address.letters, context.now + LETTERS_LAST)
    return (address, Job(id=context.new_id(), due=due, task=ForgetAddress(address.email))), ()


def forget(context: Context, email: str) -> Plan[None]:
    """Delete an address that was let go, unless it was used again meanwhile."""
    key = AddressKey(email)
    address = context.get(key)
    if address is None or not _is_unused(address) or context.now < address.letters <= context.now + LETTERS_LAST:
        return Plan(None)
    return Plan(None, deletes=(key,))


def _is_unused(address: Address) -> bool:
    return address.party is None and not address.invitations and not address.school_invited
