"""A wrong setting is refused at start, with the sentence that mends it."""

import pytest

from uconnect.embedded.settings import Settings, Unusable, read


def test_nothing_set_serves_this_machine_alone() -> None:
    settings = read({})
    assert (settings.port, settings.host, settings.url) == (8000, "127.0.0.1", "http://localhost:8000")
    assert settings.socket_url == "ws://localhost:8000/api/socket"


def test_the_port_is_part_of_the_address() -> None:
    assert read({"PORT": "8123"}).url == "http://localhost:8123"


def test_behind_https_the_socket_is_safe_too() -> None:
    settings: Settings = read({"URL": "https://ask.uni.edu/", "HOST": "0.0.0.0"})
    assert settings.url == "https://ask.uni.edu"
    assert settings.socket_url == "wss://ask.uni.edu/api/socket"


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PORT": "eighty"}, "PORT is 'eighty'. Set it to a number"),
        ({"PORT": "0"}, "PORT is '0'"),
        ({"PORT": "70000"}, "PORT is '70000'"),
        ({"URL": "ask.uni.edu"}, "URL is 'ask.uni.edu'. Set it to where people reach uconnect"),
        ({"URL": "https://ask.uni.edu/help"}, "URL is"),
        ({"URL": "http://ask.uni.edu"}, "without https"),
        ({"HOST": "0.0.0.0"}, "Set URL too"),
        ({"HOST": "ask"}, "Set URL too"),
    ],
)
def test_a_wrong_setting_says_what_to_set(environment: dict[str, str], told: str) -> None:
    with pytest.raises(Unusable, match=told.replace(".", r"\.")):
        read(environment)
