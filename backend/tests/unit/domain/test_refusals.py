"""Every refusal has a stable code, and a sentence that a person can act on."""

import re

import msgspec
import pytest

from uconnect.domain.errors import STATUS, Refusal, RefusalCode

CODES = {  # what clients know them by: a change here is a change of the protocol
    "malformed": 400,
    "account_ended": 403,
    "site_is_school": 403,
    "site_is_worker": 403,
    "site_is_user": 403,
    "not_invited": 403,
    "invited": 403,
    "schools_invited_only": 403,
    "address_taken": 409,
    "not_found": 404,
    "thread_terminated": 409,
    "thread_open": 409,
    "five_threads": 409,
    "five_workers": 409,
    "saved_replies_full": 409,
    "asked_lately": 409,
    "snoozed_full": 409,
    "hidden_words_full": 409,
    "still_asked": 409,
    "sign_in_again": 403,
    "unreachable_address": 422,
    "no_picture": 422,
    "too_large": 413,
    "too_fast": 429,
    "busy": 503,
}


def test_codes_and_statuses_are_stable() -> None:
    assert CODES == STATUS


@pytest.mark.parametrize("refused", RefusalCode)
def test_each_is_said_in_sentences(refused: RefusalCode) -> None:
    sentence = refused.refusal.sentence
    assert re.fullmatch(r"[A-Zu][^.]+\.( [A-Z][^.]+\.)*", sentence), sentence
    assert len(sentence) <= 120
    assert refused.refusal.code not in sentence or "_" not in refused.refusal.code


def test_no_two_say_the_same() -> None:
    assert len({refused.refusal.sentence for refused in RefusalCode}) == len(RefusalCode)


def test_a_refusal_leaves_as_a_code_and_a_sentence_and_nothing_else() -> None:
    assert msgspec.json.encode(RefusalCode.NOT_FOUND.refusal) == (
        b'{"t":"refused","code":"not_found",'
        b'"sentence":"This was not found. It may have been deleted, or the address may be wrong."}'
    )
    assert RefusalCode.NOT_FOUND.refusal == Refusal(code="not_found", sentence=RefusalCode.NOT_FOUND.value[2])
