"""Which limits a try counts against: never one that a stranger can use up for somebody who is known."""

from collections.abc import Callable, Sequence

from uconnect.oidc_provider.hashing_queue import Lane
from uconnect.oidc_provider.known_devices import Device
from uconnect.oidc_provider.limits import MOVES, MOVES_OF_ACCOUNT, OWN_LETTERS, Limits
from uconnect.oidc_provider.networks import network
from uconnect.oidc_provider.throttle import Charge, Key, Kind

Charges = Sequence[Charge]

# How many tries of a limit may be in use before the next one waits in the lane of those who may be guessing. The try
# that is about to be made counts too. A lecture hall of 200 may sign in from one network at one instant, and the lane
# of those who may be guessing has no room for it.
UNSUSPECTED = {Kind.HERE: 1, Kind.ACCOUNT: 1, Kind.NETWORK: 250}


def lane(counted: Charges, used: Callable[[Charge], int]) -> Lane:
    """Where the maker of a try waits to have a password checked, once the try is counted."""
    if all(charge.key.kind not in UNSUSPECTED for charge in counted):
        return Lane.KNOWN
    throttle = any(used(charge) > UNSUSPECTED[charge.key.kind] for charge in counted if charge.key.kind in UNSUSPECTED)
    return Lane.SUSPECT if throttle else Lane.NEW


def stranger(limits: Limits, email: str, address: str) -> Charges:
    """A password, typed in a browser that the account does not know."""
    here = network(address)
    return (
        Charge(Key(Kind.HERE, (email, here)), limits.here),
        Charge(Key(Kind.ACCOUNT, (email,)), limits.account),
        Charge(Key(Kind.NETWORK, (here,)), limits.network),
    )


def known(limits: Limits, device: Device) -> Charges:
    """A password, typed in a browser that has signed in to this account before."""
    return (Charge(Key(Kind.DEVICE, (device.id, device.subject)), limits.known),)


def session(limits: Limits, sid: str) -> Charges:
    """A password, typed once more by who is signed in."""
    return (Charge(Key(Kind.SESSION, (sid,)), limits.known),)


def link(limits: Limits, secret: str) -> Charges:
    """A password, typed behind a link from a letter."""
    return (Charge(Key(Kind.LINK, (secret,)), limits.known),)


def asking(limits: Limits, address: str) -> Charges:
    """A letter, asked for from a browser that no account knows."""
    return (Charge(Key(Kind.ASKING, (network(address),)), limits.network_letters),)


def letter(limits: Limits, email: str) -> Charges:
    """A letter to this address that lets somebody in."""
    return (Charge(Key(Kind.LETTERS, (email,)), limits.letters),)


def own_letter(device: Device) -> Charges:
    """The same, asked for by a browser that is known to the account: strangers cannot use this up."""
    return (Charge(Key(Kind.OWN_LETTERS, (device.id, device.subject)), OWN_LETTERS),)


def move(email: str, subject: str) -> Charges:
    """A code for the new address of an account."""
    return (
        Charge(Key(Kind.MOVES, (email,)), MOVES),
        Charge(Key(Kind.MOVES_OF_ACCOUNT, (subject,)), MOVES_OF_ACCOUNT),
    )
