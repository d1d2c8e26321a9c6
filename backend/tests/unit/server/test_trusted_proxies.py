import pytest

from uconnect.entrypoints.server.connections import Connections
from uconnect.entrypoints.server.trusted_proxies import TrustedProxies


@pytest.mark.parametrize(
    ("address", "trusted"),
    [("10.1.7.9", True), ("10.2.0.1", False), ("::1", True), ("fd00::7", True), ("unix:", False), ("", False)],
)
def test_a_proxy_is_trusted_by_its_address_or_its_network(address: str, trusted: bool) -> None:
    assert (address in TrustedProxies(["10.1.0.0/16", "::1", "fd00::/8"])) == trusted


def test_a_proxy_of_a_trusted_network_has_no_limit_of_its_own() -> None:
    connections = Connections(proxies=["10.1.0.0/16"], most_per_address=1)
    assert [connections.admit("10.1.7.9") for _ in range(3)] == [True] * 3
    assert [connections.admit("10.2.7.9") for _ in range(2)] == [True, False]
