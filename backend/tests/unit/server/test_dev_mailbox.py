"""Where no mail server is set, letters are read on a page: on this machine, and through nothing in between."""

import re
from collections.abc import Callable

import httpx
import pytest

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.adapters.mail import Email, Outbox, templates
from uconnect.demo import loader
from uconnect.entrypoints.server import app
from uconnect.entrypoints.server.settings import read


def get(server: ServerInProcess, peer: str = "127.0.0.1", path: str = "/mail", **headers: str) -> httpx.Response:
    """What the whole application answers to a peer."""
    transport = httpx.ASGITransport(app.build_app(server.container), client=(peer, 50000))

    async def ask() -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, base_url=server.container.settings.url) as http:
            return await http.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return server.wait(ask())


def put(server: ServerInProcess, letter: Email) -> None:
    server.container.database.write(lambda connection: server.container.outbox.put(connection, letter))


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_reads_the_letters_the_latest_first(server: ServerInProcess, peer: str) -> None:
    put(server, templates.confirm_code("ada@example.org", "123456", "https://ask.uni.edu/link"))
    put(server, templates.reset_code("bea@example.org", "654321", "https://ask.uni.edu/link"))
    page = get(server, peer)
    assert page.status_code == 200
    assert page.text.index("Your code is 654321") < page.text.index("Your code is 123456")
    assert "ada@example.org, <time" in page.text
    assert re.search(r"<time datetime=.[^>]*[+-]\d\d:\d\d.>\d{1,2} \w+ \d{4}, \d\d:\d\d \S+</time>", page.text)
    assert page.text.count("<details open>") == 1


@pytest.mark.parametrize("peer", ["198.51.100.7", "10.0.0.4", "fe80::1", "testclient", ""])
def test_another_machine_reads_nothing(server: ServerInProcess, peer: str) -> None:
    put(server, templates.confirm_code("ada@example.org", "123456", "https://ask.uni.edu/link"))
    answer = get(server, peer)
    assert answer.status_code == 403
    assert "123456" not in answer.text


@pytest.mark.parametrize("header", ["X_Forwarded_For", "X_Forwarded_Proto", "Forwarded", "Via", "X_Real_IP"])
def test_what_another_server_passes_on_reads_nothing(server: ServerInProcess, header: str) -> None:
    put(server, templates.confirm_code("ada@example.org", "123456", "https://ask.uni.edu/link"))
    answer = get(server, **{header: "127.0.0.1"})
    assert answer.status_code == 403
    assert "123456" not in answer.text


def test_under_another_name_the_page_is_not_read(server: ServerInProcess) -> None:
    answer = get(server, host="evil.example")
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://localhost:8000/mail?uconnect=redirected"


@pytest.mark.parametrize(
    "environment",
    [
        {"URL": "https://ask.uni.edu"},
        {"HOST": "10.0.0.7", "URL": "http://localhost:8000"},
        {"SMTP": "smtp://localhost", "MAIL_FROM": "help@uni.edu"},
    ],
)
def test_where_others_could_come_or_letters_leave_there_is_no_such_page(
    open_server: Callable[..., ServerInProcess], environment: dict[str, str]
) -> None:
    server = open_server(**environment)
    put(server, templates.confirm_code("ada@example.org", "123456", "https://ask.uni.edu/link"))
    assert "123456" not in get(server).text
    assert get(server).status_code == 404, "as at any address that is none"


def test_what_is_in_a_letter_is_text(server: ServerInProcess) -> None:
    put(server, Email('"<i>"@example.org', "<b>Sub", "<script>alert(1)</script>\n\nhttps://x.example/?a=1&b=<2>\n"))
    page = get(server).text
    for raw in ("<i>", "<b>", "<script", "<2>"):
        assert raw not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_link_on_a_line_of_its_own_is_a_link_and_nothing_else_is(server: ServerInProcess) -> None:
    put(
        server, templates.invitation("wanda@example.org", "https://evil.example", "http://localhost:8000/x?a=1#b=2&c=3")
    )
    put(server, Email("a@example.org", "S", "javascript:alert(1)\nsee https://evil.example now"))
    page = get(server).text
    followed = re.findall(r'<a href="([^"]+)" rel="noreferrer">', page)
    assert followed == ["http://localhost:8000/x?a=1#b=2&amp;c=3"]


def test_the_page_runs_nothing_and_loads_nothing_of_others(server: ServerInProcess) -> None:
    page = get(server)
    rules = dict(part.strip().partition(" ")[::2] for part in page.headers["content-security-policy"].split(";"))
    assert (rules["default-src"], rules["style-src"], rules["frame-ancestors"]) == ("'none'", "'self'", "'none'")
    assert page.headers["cache-control"] == "no-store"
    assert "<script" not in page.text
    assert "<style" not in page.text
    assert "No e-mails yet." in page.text


def test_who_waits_for_a_code_is_shown_where_it_can_be_read(open_server: Callable[..., ServerInProcess]) -> None:
    assert open_server().container.issuer.mailbox == "/mail"
    assert open_server(URL="https://ask.uni.edu").container.issuer.mailbox == ""


def test_letters_are_kept_a_while_and_only_so_many(server: ServerInProcess) -> None:
    at = [1_800_000_000.0]
    outbox = Outbox(server.container.database, now=lambda: at[0])
    for number in range(210):
        put_by(server, outbox, f"{number}")
    kept = server.container.database.read(outbox.read)
    assert [it.letter.subject for it in kept] == [f"{number}" for number in range(10, 210)]
    at[0] += 31 * 24 * 3600
    assert server.container.database.read(outbox.read) == []
    put_by(server, outbox, "new")
    assert server.container.database.read(lambda c: c.execute("SELECT count(*) FROM letter").fetchone()) == (1,)


def put_by(server: ServerInProcess, outbox: Outbox, subject: str) -> None:
    server.container.database.write(lambda connection: outbox.put(connection, Email("a@example.org", subject, "")))


def test_the_demo_tells_of_the_page_where_there_is_one(open_server: Callable[..., ServerInProcess]) -> None:
    assert loader.demo_accounts(read({}))["mail"] is True
    assert loader.demo_accounts(read({"URL": "https://ask.uni.edu"}))["mail"] is False
