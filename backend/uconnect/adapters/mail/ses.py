"""Sends letters by Amazon SES. The job that asked for a letter is done only when SES has taken it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from uconnect.adapters.mail import templates
from uconnect.adapters.mail.templates import Email
from uconnect.application.email_addresses import for_mail
from uconnect.domain.enums import Kind
from uconnect.domain.views.mail import NewMessageNotice, WorkerInvitation

if TYPE_CHECKING:
    from types_boto3_sesv2.client import SESV2Client


@dataclass(frozen=True, slots=True)
class Ses:
    """Implements `application.ports.Mail`. Without a `sender` it sends nothing: the school tells its workers itself."""

    client: "Callable[[], SESV2Client]"
    sender: str
    sites: Mapping[Kind, str]  # the address of each; on its site a worker reads whose invitation it is, and accepts it
    school_site: str  # where an invited school makes its account: a page of the issuer
    url: str  # of the API

    def invite_worker(self, invited: WorkerInvitation) -> None:
        if invited.taken:
            self._send(templates.invitation_to_account(invited.email, invited.school))
        else:
            link = f"{self.sites[Kind.WORKER]}#invitation={invited.invitation}"
            self._send(templates.invitation_to_sign_up(invited.email, invited.school, link))

    def invite_school(self, email: str) -> None:
        self._send(templates.school_invitation_to_sign_up(email, self.school_site))

    def tell_of_message(self, notice: NewMessageNotice) -> None:
        self._send(templates.new_message(notice.email, self.sites[notice.kind], self.url, notice.stop))

    def ask_for_password(self, email: str, kind: Kind) -> None:
        """To an account that came without a password from another uconnect."""
        self._send(templates.set_password(email, self.sites[kind]))

    def _send(self, letter: Email) -> None:
        if not self.sender:
            return
        subject = letter.subject.replace("=?", "= ?")  # or a name could bring an encoded word of its own (RFC 2047)
        headers = {"Auto-Submitted": "auto-generated"} | letter.stop_headers  # RFC 3834 §5
        self.client().send_email(
            FromEmailAddress=self.sender,
            Destination={"ToAddresses": [for_mail(letter.to)]},
            Content={
                "Simple": {
                    "Subject": {"Data": subject, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": letter.text, "Charset": "UTF-8"}},
                    "Headers": [{"Name": name, "Value": value} for name, value in headers.items()],
                }
            },
        )
