"""What lets each abuser and each crowd of `attack_process` in, made before the server starts."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.resilience.prepared_folder import PreparedFolder, SignedIn, tokens
from tests.support import sizes
from uconnect.domain.enums import Policy
from uconnect.domain.protocol import SOCKETS
from uconnect.oidc_provider.token_store import Signer

TICKETS = 60  # for one abuser in one window
RAISERS = 40  # of whom each raises five threads: more than there are in a window


@dataclass(frozen=True)
class Passes:
    """`words` are tickets, or what a crowd is told; `people` get tokens once the server's address is known."""

    words: list[str]
    people: list[SignedIn] = field(default_factory=list)

    def lines(self, signer: Signer) -> list[str]:
        return [*self.words, *tokens(signer, self.people)]


def make(name: str, folder: PreparedFolder, data: Path, school: str) -> Passes:
    """The passes of one window. All others write to `school`."""
    if name in MAKE:
        return MAKE[name](folder, data)
    [user] = [school] if name == "slow readers" else [it.party for it in folder.users(1)]
    return Passes(folder.tickets(user, TICKETS))


def _idle(folder: PreparedFolder, _: Path) -> Passes:
    users = folder.users(-(-sizes.IDLE_SOCKETS // SOCKETS))
    tickets = [ticket for user in users for ticket in folder.tickets(user.party, SOCKETS)]
    return Passes(tickets[: sizes.IDLE_SOCKETS])


def _coming_back(folder: PreparedFolder, _: Path) -> Passes:
    return Passes([], folder.users(sizes.CUT_OFF))


def _closing(folder: PreparedFolder, _: Path) -> Passes:
    school = folder.school()
    folder.ended_threads(school, folder.school(), sizes.THREADS_OF_CLOSING)
    return Passes([], [school])


def _closed(folder: PreparedFolder, data: Path) -> Passes:
    school = folder.school()
    folder.open_threads(school, sizes.THREADS_OF_CLOSING)
    return Passes([str(data), school.email])


def _raises(folder: PreparedFolder, _: Path) -> Passes:
    return Passes([folder.school(Policy.AUTOMATIC).party], folder.users(RAISERS))


MAKE: dict[str, Callable[[PreparedFolder, Path], Passes]] = {
    "idle sockets": _idle,
    "a crowd that comes back": _coming_back,
    "a school that closes": _closing,
    "a school that is closed": _closed,
    "automatic raises": _raises,
}
