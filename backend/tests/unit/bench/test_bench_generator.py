"""What the load generator prints is read as it is, and a load with refusals gives no figures."""

import json
from typing import Any

import pytest
from bench.generator import Figures, Refused, Workload, parse
from bench.peers.peer import Dialect, numbered_sockets

PRINTED: dict[str, Any] = {
    "delivered": {"per_second": 1234.5, "p50_us": 1500, "p99_us": 90000},
    "acknowledged": {"per_second": 1230.0, "p50_us": 1400, "p99_us": 80000},
    "cpu": 0.314,
    "refused": 0,
    "connect_seconds": 0.02,
}


def test_figures_are_deliveries_a_second_and_milliseconds() -> None:
    assert parse(json.dumps(PRINTED)) == Figures(per_second=1234.5, p50_ms=1.5, p99_ms=90.0, load_cpu=0.314)


def test_a_load_with_a_refusal_gives_no_figures() -> None:
    with pytest.raises(Refused, match="3 messages"):
        parse(json.dumps({**PRINTED, "refused": 3}))


@pytest.mark.parametrize("printed", ["", "load: closed by the server", "{"])
def test_what_is_no_json_gives_no_figures(printed: str) -> None:
    with pytest.raises(ValueError, match=r"\(char \d+\)"):
        parse(printed)


def test_a_closed_loop_has_a_number_in_flight_and_an_open_loop_a_rate() -> None:
    assert Workload(2.0, in_flight=8).options() == ["--in-flight", "8", "--seconds", "2.0"]
    assert Workload(1.0, rate=1234.56).options()[-2:] == ["--rate", "1234.6"]


def test_a_dialect_says_only_what_its_server_needs() -> None:
    assert Dialect("xmpp", "%t", acknowledges=False).options() == ["--protocol", "xmpp", "--template", "%t", "--no-ack"]
    assert Dialect("websocket", "%t", hello="hi").options()[-2:] == ["--hello", "hi"]


def test_the_sockets_2n_and_2n_plus_1_share_thread_n() -> None:
    sockets = numbered_sockets(2, path="/{socket}", address="{thread}:{other}")
    assert sockets() == [("/0", "0:1"), ("/1", "0:0"), ("/2", "1:3"), ("/3", "1:2")]
