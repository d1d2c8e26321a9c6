"""uconnect works behind Debian's nginx with the configuration that docs/operate.md gives; what another one lacks is
told, and never a circle."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.api.caller import Caller, fresh
from tests.api.home import TLS
from tests.api.party_factory import PartyFactory, Topic, party_factory
from tests.api.server_home import ServerHome
from tests.support.letter_requests import ONE_EACH, ask_for_code
from tests.support.listening_server import is_up_in, started
from tests.support.nginx import PACKAGING, Nginx, adapted, nginx, operators
from tests.support.polling import TIMEOUT, poll
from tests.support.ports import free_port
from tests.support.server_process import Server, is_up
from uconnect.entrypoints.server import heartbeat

RELOADS = 3
PING_EACH_SECOND = """
from uconnect.entrypoints.server import heartbeat
heartbeat.TICKS = 10
"""


@dataclass(frozen=True)
class Behind:
    """uconnect behind an nginx."""

    front: Nginx
    folder: Path
    pid: int

    @property
    def log(self) -> str:
        return (self.folder / "printed").read_text("utf-8")

    def home(self) -> ServerHome:
        return ServerHome(Server(self.front.url, self.folder / "data", self.folder / "printed", self.pid))


@contextmanager
def behind(folder: Path, changes: dict[str, str] | None = None, prelude: str = "", **more: str) -> Iterator[Behind]:
    """uconnect in a socket file, behind the operator's configuration with these changes."""
    port, file = free_port(), folder / "socket"
    url = f"https://localhost:{port}"
    (folder / "sites").mkdir()
    given = {"SITES": str(folder / "sites"), "HOST": str(file), "URL": url, **more}
    inside = adapted(operators(folder / "nginx", port, free_port(), f"unix:{file}"), changes or {})
    with (
        started(folder, lambda: is_up_in(file), None, prelude, **given) as process,
        nginx(folder / "nginx", port, inside) as front,
    ):
        yield Behind(front, folder, process.pid)


@contextmanager
def people(found: Behind) -> Iterator[PartyFactory]:
    """People whose browsers trust the certificate."""
    TLS.load_verify_locations(found.front.certificate)
    with pytest.MonkeyPatch.context() as environment, party_factory(found.home()) as factory:
        environment.setenv("SSL_CERT_FILE", str(found.front.certificate))
        yield factory


def test_people_are_served_through_nginx_and_each_address_has_its_own_limits(tmp_path: Path) -> None:
    with behind(tmp_path, LETTERS_NETWORK=ONE_EACH) as found:
        with found.front.browser(http2=True) as http:
            page = http.get("/oauth/sign-up")
            assert (page.http_version, http.get("/api/health").json()["status"]) == ("HTTP/2", "pass")
            assert page.headers["strict-transport-security"]
            assert "content-encoding" not in page.headers, "a page with a secret is not compressed"
        with people(found) as factory:
            topic = factory.thread()
            socket = topic.raiser.open()
            assert socket.send(topic.raisers_id, "Through nginx", fresh())["t"] == "ack"
            assert topic.school.log(topic.theirs)[-1]["text"] == "Through nginx"
        asked = list[int]()
        for address in ("127.0.0.2", "127.0.0.2", "127.0.0.3", "127.0.0.3"):
            with found.front.browser(address=address) as http:
                asked.append(ask_for_code(http, found.front.url, **{"X-Forwarded-For": f"192.0.2.{len(asked)}"}))
        assert asked == [303, 429, 303, 429], "by where they come from, whatever they say themselves"
    assert _complaints(found) == []


def _complaints(found: Behind) -> list[str]:
    return [line for line in found.log.splitlines() if not line.startswith("uconnect ")]


def _sooner(seconds: int) -> dict[str, str]:
    return {"proxy_read_timeout 90s;": f"proxy_read_timeout {seconds}s;"}


def test_a_socket_that_says_nothing_stays_since_uconnect_pings(tmp_path: Path) -> None:
    late = 10  # seconds: on a busy machine several of the pings, of which there is one a second, may not come
    with behind(tmp_path, _sooner(late), PING_EACH_SECOND) as found, people(found) as factory:
        socket = factory.user().open()
        time.sleep(1.4 * late)
        assert socket.exchange({"t": "ping"}) == {"t": "pong"}


def test_a_socket_that_says_nothing_is_closed_where_nobody_pings(tmp_path: Path) -> None:
    with behind(tmp_path, _sooner(3)) as found, people(found) as factory:
        socket = factory.user().open()
        with pytest.raises(ConnectionClosed):
            socket.receive()


def test_nginx_waits_for_several_pings() -> None:
    told = re.search(r"proxy_read_timeout (\d+)s;", (PACKAGING / "nginx.conf").read_text("utf-8"))
    assert told
    assert int(told[1]) > 4 * heartbeat.TICKS * heartbeat.TICK


class Writer(Thread):
    """Writes one message after another; what is not acknowledged is said again, with the same key."""

    def __init__(self, caller: Caller, thread: str) -> None:
        super().__init__()
        self.acked: list[str] = []
        self.sockets = 0
        self._caller, self._id, self._ended = caller, thread, Event()

    def run(self) -> None:
        socket = None
        while not self._ended.is_set():
            text, key, is_acked = f"Message {len(self.acked)}", fresh(), False
            while not is_acked:
                try:
                    if socket is None:
                        socket, self.sockets = self._caller.open(), self.sockets + 1
                    is_acked = socket.send(self._id, text, key)["t"] == "ack"
                except (ConnectionClosed, InvalidHandshake, TimeoutError, httpx.TransportError):
                    socket = None
            self.acked.append(text)
            time.sleep(0.05)

    def end(self) -> None:
        self._ended.set()
        self.join(60)


def test_a_reload_of_nginx_while_people_write_loses_and_doubles_nothing(tmp_path: Path) -> None:
    with behind(tmp_path) as found, people(found) as factory:
        topic: Topic = factory.thread()
        writer = Writer(topic.raiser, topic.raisers_id)
        before = len(topic.raiser.log(topic.raisers_id))
        writer.start()
        try:
            for _ in range(RELOADS):
                _grows(lambda: len(writer.acked), what="a message is kept")
                _grows(lambda: writer.sockets, found.front.reload, what="a reload cuts the socket")
        finally:
            writer.end()
        read = _all_texts(topic)[before:]
        assert read == writer.acked
        assert len(read) >= RELOADS


def _grows(count: Callable[[], int], do: Callable[[], object] = lambda: None, *, what: str) -> None:
    """Do something, and wait until a count is higher than before."""
    before = count()
    do()
    poll(count, lambda now: now > before, what=what)


def _all_texts(topic: Topic) -> list[str]:
    """The texts of a thread from the first, as its school reads them."""
    found: list[dict[str, object]] = []
    while page := topic.school.log(topic.theirs, f"?after={found[-1]['seq'] if found else 0}"):
        found += page
    return [str(entry["text"]) for entry in found]


# --- what is missing in front -----------------------------------------------------------------------------------------

TLS_SERVER = """
server {{
    listen 127.0.0.1:{port} ssl http2;
    ssl_certificate {folder}/fullchain.pem;
    ssl_certificate_key {folder}/privkey.pem;
    location / {{ proxy_pass http://127.0.0.1:{inner}; {more} }}
}}
"""


@contextmanager
def bare(folder: Path, more: str = "") -> Iterator[Behind]:
    """uconnect on a port of the loopback, behind `proxy_pass` with nothing but this."""
    port, inner = free_port(), free_port()
    (folder / "sites").mkdir()
    given = {"SITES": str(folder / "sites"), "PORT": str(inner), "URL": f"https://localhost:{port}"}
    inside = TLS_SERVER.format(port=port, folder=folder / "nginx", inner=inner, more=more)
    with (
        started(folder, lambda: is_up(f"http://localhost:{inner}/api/health"), None, "", **given) as process,
        nginx(folder / "nginx", port, inside) as front,
    ):
        yield Behind(front, folder, process.pid)


def test_proxy_pass_alone_is_told_on_the_page_and_in_the_log_and_makes_no_circle(tmp_path: Path) -> None:
    with bare(tmp_path) as found, found.front.browser() as http:
        page = http.get("/user/", follow_redirects=True)
        assert page.status_code == 421
        assert len(page.history) <= 1
        assert "proxy_set_header Host $host;" in page.text
    assert "proxy_set_header Host $host;" in found.log


def test_what_else_is_missing_is_told_in_the_log_when_it_is_missed(tmp_path: Path) -> None:
    with bare(tmp_path, "proxy_set_header Host $host:$server_port;") as found, people(found) as factory:
        user = factory.user()
        assert "proxy_set_header X-Forwarded-For" in found.log
        assert "proxy_set_header Upgrade" not in found.log
        with pytest.raises(InvalidHandshake):
            user.open()
        assert "proxy_set_header Upgrade" in found.log


# --- the other files --------------------------------------------------------------------------------------------------


def test_plain_http_and_three_names_lead_to_the_one_address(tmp_path: Path) -> None:
    port, plain, named = free_port(), free_port(), free_port()
    hosts = adapted(
        (PACKAGING / "nginx-three-hosts.conf").read_text("utf-8"),
        {
            "    listen 80;\n    listen [::]:80;\n    listen [::]:443 ssl http2;\n": "",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{named} ssl http2;",
            "/etc/ssl/uconnect/": f"{tmp_path}/",
            "https://ask.uni.edu/": f"https://localhost:{port}/",
        },
    )
    with nginx(tmp_path, port, operators(tmp_path, port, plain, "127.0.0.1:9") + hosts) as front:
        sent = httpx.get(f"http://localhost:{plain}/user/?a=b", trust_env=False, timeout=TIMEOUT)
        assert (sent.status_code, sent.headers["location"]) == (301, f"{front.url}/user/?a=b")
        with front.browser() as http:
            for name, site in {"questions": "user", "schools": "school", "workers": "worker"}.items():
                sent = http.get(f"https://localhost:{named}/anything", headers={"Host": f"{name}.uni.edu"})
                assert sent.headers["location"] == f"{front.url}/{site}/"
