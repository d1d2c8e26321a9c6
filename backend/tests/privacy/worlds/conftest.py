import pytest

from uconnect.domain.usecases import account_closing


@pytest.fixture(autouse=True)
def random_moments_are_the_scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a worker loses a thread whose owner's account has ended is chance, the same chance in every world.

    So a script says when, and by itself it comes to pass after all that a script does.
    """
    monkeypatch.setattr(account_closing, "_random_delay", lambda _: account_closing.DETACH_WINDOW - 1)
