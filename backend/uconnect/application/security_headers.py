"""The security headers of every answer, in one place: what an answer does not say itself is added to it."""

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}  # for a year a browser asks us over https alone


def for_address(*, https: bool) -> dict[str, str]:
    """The headers of every answer of an address. Over http, browsers ignore the one for https (RFC 6797, 7.2)."""
    return SECURITY_HEADERS | (HTTPS_ONLY if https else {})
