"""What is served beside the API has the headers that keep a browser from guessing."""

import httpx
import pytest
from starlette.applications import Starlette

from tests.unit.server.server_in_process import ServerInProcess
from uconnect.entrypoints.server import static_files


@pytest.mark.parametrize("path", ["/user/config.json", "/school/config.json", "/worker/config.json", "/demo.json"])
def test_no_browser_takes_what_a_site_is_told_for_something_else(server: ServerInProcess, path: str) -> None:
    app = Starlette(routes=static_files.routes(server.container.settings, server.container.issuer, {"people": []}))

    async def get() -> httpx.Response:
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=server.container.settings.url
        ) as http:
            return await http.get(path)

    answer = server.wait(get())
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
