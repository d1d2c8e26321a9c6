"""Lists every refusal: a stable code, a sentence that says what to do, and its HTTP status."""

from enum import Enum
from http import HTTPStatus

from msgspec import Struct


class Refusal(Struct, frozen=True, tag_field="t", tag="refused"):
    """A refusal as it leaves, in an HTTP body or a frame."""

    code: str
    sentence: str


class RefusalCode(Enum):
    """The table of refusals. Unknown, not yours and forbidden are NOT_FOUND alike: the answer is no oracle."""

    MALFORMED = ("malformed", 400, "That was not understood: a field is missing, unknown or of the wrong form.")
    ACCOUNT_ENDED = ("account_ended", 403, "This account has ended. Ask your school if you think it should not have.")
    SITE_IS_SCHOOL = ("site_is_school", 403, "This address is a school's. Sign in on the school site.")
    SITE_IS_WORKER = ("site_is_worker", 403, "This address is a worker's. Sign in on the worker site.")
    SITE_IS_USER = ("site_is_user", 403, "This address is not a school's or a worker's. Sign in on the site for you.")
    NOT_INVITED = ("not_invited", 403, "No school has invited this address. Ask your school to invite you as a worker.")
    INVITED = (
        "invited",
        403,
        "A school invites this address. Read on the worker site which one, and accept there.",
    )
    SCHOOLS_INVITED_ONLY = ("schools_invited_only", 403, "Schools join this uconnect by invitation. Ask its operator.")
    ADDRESS_TAKEN = ("address_taken", 409, "This address already has an account. Use another address.")
    NOT_FOUND = ("not_found", 404, "There is nothing here. It may be gone, or the address may be wrong.")
    THREAD_TERMINATED = ("thread_terminated", 409, "This thread has ended. Nobody can write here any more.")
    THREAD_OPEN = ("thread_open", 409, "This thread is still open. End it first, then delete it.")
    FIVE_THREADS = (
        "five_threads",
        409,
        "You have five open threads. End one that is settled, and you can raise another.",
    )
    FIVE_WORKERS = ("five_workers", 409, "You have five workers. Remove one, and you can invite another.")
    STILL_ASKED = (
        "still_asked",
        409,
        "Threads raised to you are still open. Only those who raised them can end them; until then you cannot close.",
    )
    SIGN_IN_AGAIN = ("sign_in_again", 403, "It has been a while since you signed in. Sign in again, then do this.")
    UNREACHABLE_ADDRESS = ("unreachable_address", 422, "No letter can reach this address. Check how it is written.")
    NO_PICTURE = ("no_picture", 422, "That is not a picture we can read. Choose a PNG, JPEG or WebP file.")
    TOO_LARGE = ("too_large", 413, "That is too large. A message can have 4,000 characters.")
    TOO_FAST = ("too_fast", 429, "That was a little fast. Nothing is lost; try again in a few seconds.")
    BUSY = ("busy", 503, "uconnect cannot store anything right now. Nothing was changed; try again in a moment.")

    @property
    def status(self) -> HTTPStatus:
        return HTTPStatus(self.value[1])

    @property
    def refusal(self) -> Refusal:
        return Refusal(code=self.value[0], sentence=self.value[2])


class Refused(Exception):
    """Raised inside a use case. `domain.context.decide` returns its `refusal` as a value."""

    def __init__(self, refusal: RefusalCode | Refusal) -> None:
        super().__init__()
        self.refusal = refusal.refusal if isinstance(refusal, RefusalCode) else refusal


STATUS: dict[str, HTTPStatus] = {refused.refusal.code: refused.status for refused in RefusalCode}
