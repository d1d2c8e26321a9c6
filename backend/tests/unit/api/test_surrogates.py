"""Half a surrogate pair is no text: it is malformed wherever it comes, and never an error of ours.

As an escape of JSON it is what a cut through an emoji leaves: the rest of the text is kept.
"""

import msgspec
import pytest

from uconnect.api import http
from uconnect.api.decode_errors import decode
from uconnect.api.operations import OPERATIONS, Operation
from uconnect.domain.errors import Refusal

HALF = "\ud800"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda it: it.summary)
def test_half_a_pair_in_a_body_a_query_or_an_id_is_refused(operation: Operation) -> None:
    id = "x" * 22
    body = f'{{"{HALF}": "{HALF}"}}'.encode("utf-8", "surrogatepass")
    for given in ((id, "", body), (id, f"before={HALF}", b""), (id, f"after={HALF}&most=1", b"")):
        refused = http.prepare_use_case(operation, "ann", *given)
        assert isinstance(refused, Refusal)
        assert refused.code == "malformed"
    if "{id}" in operation.path:
        refused = http.prepare_use_case(operation, "ann", HALF * 22, "", b"")
        assert isinstance(refused, Refusal)
        assert refused.code == "not_found"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (r"Ann\ud83d", "Ann\ufffd"),
        (r"\uDE00Ann", "\ufffdAnn"),
        (r"a\ud83d\ud83d\ude00b", "a\ufffd\U0001f600b"),
        (r"a\\ud83d", r"a\ud83d"),
        (r"a\\\ud83db", "a\\\ufffdb"),
        (r"\ud83d\n\u00e4", "\ufffd\n\u00e4"),
    ],
)
def test_half_a_pair_in_an_escape_loses_nothing_else(sent: str, kept: str) -> None:
    assert decode(msgspec.json.decode, f'{{"name":"{sent}"}}'.encode()) == {"name": kept}
    assert decode(msgspec.json.decode, f'{{"name":"{sent}"}}') == {"name": kept}


def test_no_refusal_shows_a_person_a_regular_expression() -> None:
    invited = b'{"key": "xxxxxxxxxxxxxxxxxxxxxx", "email": "a b@x.example", "name": "Ann"}'
    refused = http.prepare_use_case(next(it for it in OPERATIONS if it.name == "inviteWorker"), "ann", "", "", invited)
    assert isinstance(refused, Refusal)
    assert refused.sentence == "The request is not valid: Expected a text of another form - at `$.email`."
