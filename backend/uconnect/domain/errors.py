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

    MALFORMED = ("malformed", 400, "The request is not valid: a field is missing, unknown or has the wrong form.")
    ACCOUNT_ENDED = (
        "account_ended",
        403,
        "This account is closed. If you think this is a mistake, ask your school or the people who run uconnect.",
    )
    SITE_IS_SCHOOL = ("site_is_school", 403, "This address belongs to a school. Sign in on the school site.")
    SITE_IS_WORKER = ("site_is_worker", 403, "This address belongs to a worker. Sign in on the worker site.")
    SITE_IS_USER = (
        "site_is_user",
        403,
        "This address does not belong to a school or a worker. Sign in on the site for students and employees.",
    )
    NOT_INVITED = ("not_invited", 403, "No school has invited this address. Ask your school to invite you as a worker.")
    INVITED = (
        "invited",
        403,
        "A school has invited this address. Open the worker site to see which one, and accept there.",
    )
    SCHOOLS_INVITED_ONLY = (
        "schools_invited_only",
        403,
        "Schools can join only by invitation. Ask the people who run uconnect.",
    )
    ADDRESS_TAKEN = ("address_taken", 409, "This address already has an account. Use another address.")
    NOT_FOUND = ("not_found", 404, "This was not found. It may have been deleted, or the address may be wrong.")
    THREAD_TERMINATED = ("thread_terminated", 409, "This thread has ended. No one can add messages to it.")
    THREAD_OPEN = ("thread_open", 409, "This thread is still open. End it first, then delete it.")
    FIVE_THREADS = (
        "five_threads",
        409,
        "You have five open threads. End one that is settled, then you can open another.",
    )
    FIVE_WORKERS = ("five_workers", 409, "You have five workers. Remove one, then you can invite another.")
    SAVED_REPLIES_FULL = (
        "saved_replies_full",
        409,
        "You have 100 saved replies. Delete one, then you can add another.",
    )
    ASKED_LATELY = (
        "asked_lately",
        409,
        "This thread was asked about less than a week ago. Wait a week, then you can ask again.",
    )
    SNOOZED_FULL = (
        "snoozed_full",
        409,
        "You have 100 snoozed threads. Bring one back, then you can snooze another.",
    )
    HIDDEN_WORDS_FULL = (
        "hidden_words_full",
        409,
        "You hide 30 texts in this thread. Show one of them again, then you can hide another.",
    )
    STILL_ASKED = (
        "still_asked",
        409,
        "Threads with your school are still open. You can close the account after the people who asked end them.",
    )
    SIGN_IN_AGAIN = ("sign_in_again", 403, "You signed in a while ago. Sign in again, then repeat this.")
    UNREACHABLE_ADDRESS = ("unreachable_address", 422, "No e-mail can reach this address. Check the spelling.")
    NO_PICTURE = ("no_picture", 422, "uconnect cannot read this picture. Choose a PNG, JPEG or WebP file.")
    TOO_LARGE = ("too_large", 413, "This is too large. A message can have up to 4,000 characters.")
    TOO_FAST = ("too_fast", 429, "Too many requests in a short time. Wait a few seconds, then try again.")
    BUSY = ("busy", 503, "uconnect cannot save anything right now. Nothing was changed. Try again in a moment.")

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
