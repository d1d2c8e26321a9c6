"""Half a surrogate pair is no text: it is malformed wherever it comes, and never an error of ours."""

import pytest

from uconnect.api import http
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
