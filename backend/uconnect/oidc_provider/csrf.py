"""A form is answered only if a page of ours sent it, and is read only if it is small.

Without the check a page of somebody else could sign a person in as another person, and read what they then write (login
CSRF), or end their sessions. `SameSite=Lax` on the cookies is a second lock: it does not stop a sign-in, which needs no
cookie.
"""

from urllib.parse import parse_qsl

from starlette.requests import Request

LARGEST = 8192  # bytes of parameters, in an address or a body

Pairs = list[tuple[str, str]]


async def parameters(request: Request) -> Pairs:
    """The parameters of a request, from its address or, when it is a POST, its body. What is too large, or is not a
    form, has none: the refusal that follows then says what is missing."""
    return await posted(request) if request.method == "POST" else in_address(request)


def in_address(request: Request) -> Pairs:
    """The parameters in the request's address."""
    return _parse(request.url.query)


async def posted(request: Request) -> Pairs:
    """The parameters in the request's body, none if it is too large."""
    return await read(request) or []


async def read(request: Request) -> Pairs | None:
    """The parameters in the request's body, None if it is too large."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        return []
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return _parse(body.decode("utf-8", "replace"))


def _parse(text: str) -> Pairs:
    if len(text) > LARGEST:
        return []
    try:
        return parse_qsl(text, max_num_fields=40)  # a parameter without a value counts as left out (RFC 6749 §3.1)
    except ValueError:
        return []


def is_own_form(request: Request, origin: str) -> bool:
    """Whether a page of `origin`, our own scheme, host and port, sent this request.

    A browser names the page's origin in `Origin` (Fetch §3.2), and no page can change it. Where `Origin` is missing or
    `null`, `Sec-Fetch-Site` decides. `null` stands for a page without an origin (a sandboxed frame, a `data:` address,
    a form that another site redirected to us: all of them `cross-site`), and for our own page under a proxy that sets
    `Referrer-Policy: no-referrer`. `same-site` is not enough: a neighbour of our host name is a stranger. A request
    that says neither is refused.
    """
    sent = request.headers.get("origin")
    return request.headers.get("sec-fetch-site") == "same-origin" if sent in (None, "null") else sent == origin
