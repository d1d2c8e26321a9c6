"""What turns health red, and what is a warning that keeps the server among those that are asked."""

import pytest

from uconnect.embedded.health import Reason, Report, Status


@pytest.mark.parametrize("reason", [Reason.JOBS_SET_ASIDE, Reason.MAIL_DELAYED])
def test_what_the_operator_has_to_look_at_while_everybody_is_served_is_a_warning(reason: Reason) -> None:
    report = Report((reason,))
    assert (report.status, report.shown()["serves"]) == (Status.WARN, True)
    assert Report((Reason.MAIL_STANDS, reason)).status is Status.FAIL
