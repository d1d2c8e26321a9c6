"""The operator's command that sends one e-mail, and says what the mail server answered."""

import asyncio
import os
import socket
import ssl
from collections.abc import Iterator

import aiosmtplib
import click

from uconnect.adapters.mail import Server, send_now, templates
from uconnect.entrypoints.cli.operator import ADDRESS
from uconnect.entrypoints.cli.words import printable
from uconnect.entrypoints.server import settings

NO_SERVER = "No mail server is set, so no e-mail leaves: uconnect mail shows them. Set SMTP and MAIL_FROM to send them."


@click.command(short_help="Send one test e-mail now.")
@ADDRESS
def test(email: str) -> None:
    """Send one test e-mail to EMAIL now, and say what the mail server answered.

    It is tried once, within a minute, with the settings SMTP and MAIL_FROM. The server need not run.
    """
    try:
        chosen = settings.read()
    except settings.InvalidSetting as error:
        raise click.ClickException(str(error)) from error
    if chosen.smtp is None:
        raise click.ClickException(NO_SERVER)
    server = chosen.smtp
    try:
        said = asyncio.run(send_now(server, chosen.mail_from, templates.test_email(email)))
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise click.ClickException(_sentence(error, server, chosen.mail_from, email)) from error
    click.echo(f"{_name(server)} took the e-mail from {chosen.mail_from} to {printable(email)}: {_quote(said)}")
    click.echo("If it does not arrive, look in the spam folder, then in the log of the mail server.")


def _sentence(error: Exception, server: Server, sender: str, to: str) -> str:
    """What happened, what the server said, and what to do."""
    name, said = _name(server), _words_of(error)
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            return f"{name} refused the name or the password in SMTP: {said}. Correct them there."
        case aiosmtplib.SMTPSenderRefused():
            return f"{name} refused the sender {sender}: {said}. Set MAIL_FROM to an address that it lets you use."
        case aiosmtplib.SMTPRecipientsRefused():
            return f"{name} refused the address {printable(to)}: {said}. Try another address, to see if it refuses all."
        case aiosmtplib.SMTPConnectResponseError() | aiosmtplib.SMTPResponseException():
            return f"{name} refused the e-mail: {said}. Its log may say why."
        case aiosmtplib.SMTPTimeoutError() | TimeoutError():
            return f"{name} did not answer in time. Is it the right port in SMTP, and does a firewall let it through?"
        case aiosmtplib.SMTPNotSupported() | ValueError():
            return f"{name} cannot take an e-mail for {printable(to)}: it is not written like a common address."
    return _unreached(error, name)


def _unreached(error: Exception, name: str) -> str:
    """Why there was no session with the server."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"The certificate of {name} is not valid: {printable(cause.verify_message)}. Set SMTP to the name that"
                " is in it, or SSL_CERT_FILE to the authority that signed it."
            )
        if isinstance(cause, socket.gaierror):
            return f"{name} is not known: {cause.strerror}. Correct the name in SMTP."
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return f"{name} did not speak TLS as SMTP says. Use smtps:// for port 465, and smtp:// for port 587."
    if isinstance(error, aiosmtplib.SMTPServerDisconnected):
        return f"{name} closed the connection before it took the e-mail. Its log may say why."
    # asyncio puts an address into the text of an error
    system = next((os.strerror(it.errno) for it in causes if isinstance(it, OSError) and it.errno), "")
    return f"{name} cannot be reached: {system or _words_of(error)}. Does it run, and is it the right port in SMTP?"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _words_of(error: Exception) -> str:
    """The words of the server."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    code, words = getattr(error, "code", None), getattr(error, "message", str(error))
    return _quote(f"{code} {words}" if isinstance(code, int) and code > 0 else words)


def _quote(words: str) -> str:
    """A server's answer on one line."""
    return printable(" ".join(words.split())).rstrip(".")


def _name(server: Server) -> str:
    return f"{server.host}:{server.port}"
