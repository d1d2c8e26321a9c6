"""The operator's commands about e-mails."""

import click

from uconnect.adapters.mail import StoredEmail
from uconnect.application.email_addresses import kept
from uconnect.entrypoints.cli.mail_test import test
from uconnect.entrypoints.cli.operator import Address, open_operator
from uconnect.entrypoints.cli.words import many, minute, printable

SHOWN = 5  # e-mails, unless more are asked for


@click.group(invoke_without_command=True, short_help="Read the e-mails that are saved here.")
@click.option("--to", "email", type=Address(), help="Show only the e-mails to this address.")
@click.option("--all", "everything", is_flag=True, help=f"Show all saved e-mails, not only the last {SHOWN}.")
@click.pass_context
def mail(context: click.Context, email: str | None, everything: bool) -> None:
    """Read the e-mails that are saved here because no mail server is set, the latest at the end.

    The last 200 e-mails are kept, for 30 days. If a mail server is set,
    show how many e-mails it has not accepted yet, and which it refused.
    """
    if context.invoked_subcommand:
        return
    with open_operator() as operator:
        letters = [it for it in operator.letters() if email is None or it.letter.to == kept(email)]
        sends = operator.outbox.sends
    if sends:
        _tell_waiting([kept for kept in letters if kept.refused is None])
        _tell_refused([kept for kept in letters if kept.refused is not None])
        return
    for letter in letters if everything else letters[-SHOWN:]:
        click.echo(printable(_written(letter)))
    click.echo(_count_text(len(letters), everything=everything))


mail.add_command(test)


def _written(letter: StoredEmail) -> str:
    head = f"{minute(letter.written)}  To {letter.letter.to}\n{letter.letter.subject}"
    body = "\n".join(f"    {line}".rstrip() for line in letter.letter.text.strip().split("\n"))
    return f"{head}\n\n{body}\n"


def _count_text(found: int, *, everything: bool) -> str:
    if not found:
        return "There are no e-mails."
    if everything or found <= SHOWN:
        return f"{many(found, 'e-mail')}."
    return f"The last {SHOWN} of {found} e-mails. To see all: uconnect mail --all"


def _tell_waiting(letters: list[StoredEmail]) -> None:
    if not letters:
        click.echo("E-mails are sent by SMTP. None are waiting.")
        return
    since = minute(letters[0].written)
    click.echo(f"E-mails are sent by SMTP. Waiting: {many(len(letters), 'e-mail')}, the oldest since {since}.")
    click.echo("If they wait long, the output of the server says why.")


def _tell_refused(letters: list[StoredEmail]) -> None:
    if not letters:
        return
    click.echo(f"{many(len(letters), 'e-mail')} refused for good. The mail server answered:")
    for letter in letters:
        about = printable(letter.letter.subject)
        click.echo(f"{minute(letter.written)}  {letter.refused}  To {printable(letter.letter.to)}  {about}")
