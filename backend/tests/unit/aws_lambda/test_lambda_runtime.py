"""The runtime that the zip is tried in: once there was an answer, nothing more is said to the function."""

from http.client import HTTPConnection

import pytest

from tests.unit.aws_lambda.lambda_runtime import runtime


def test_who_asks_for_a_second_event_hears_nothing_until_it_is_ended() -> None:
    """Told that there is none, awslambdaric would print so, in a log that must have no line but the function's."""
    with runtime({"only": "event"}) as server:
        function = HTTPConnection("127.0.0.1", server.server_port, timeout=60)
        function.request("GET", "/2018-06-01/runtime/invocation/next")
        assert function.getresponse().read() == b'{"only": "event"}'
        function.request("POST", "/2018-06-01/runtime/invocation/one/response", b"{}")
        assert function.getresponse().read() == b""
        assert server.done.wait(60)
        function.request("GET", "/2018-06-01/runtime/invocation/next")
        function.sock.settimeout(0.5)
        with pytest.raises(TimeoutError):
            function.getresponse()
        function.close()
