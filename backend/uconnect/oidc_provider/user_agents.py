"""Which browser someone was signed in with, as far as they would call it themselves."""

FAMILIES = (  # the first that the User-Agent names: most name their ancestors too
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)


def family(user_agent: str) -> str:
    """The browser's family alone: versions and systems would tell more about a person than they need to see."""
    return next((name for mark, name in FAMILIES if mark in user_agent), "Another browser")
