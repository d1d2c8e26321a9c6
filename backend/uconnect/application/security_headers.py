"""The security headers of every answer, in one place: what an answer does not say itself is added to it."""

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000"}  # for a year a browser asks us over https alone


AND_SUBDOMAINS = {name: f"{value}; includeSubDomains" for name, value in HTTPS_ONLY.items()}


def for_address(*, https: bool, subdomains: bool = False) -> dict[str, str]:
    """The headers of every answer of an address. Over http, browsers ignore the one for https (RFC 6797, 7.2), which
    may hold for all hosts whose names end with ours too."""
    return SECURITY_HEADERS | ((AND_SUBDOMAINS if subdomains else HTTPS_ONLY) if https else {})
