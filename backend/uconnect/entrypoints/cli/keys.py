"""The operator's commands about the key that signs tokens: to list it, and to change it while the server runs."""

import click

from uconnect.entrypoints.cli.operator import open_operator
from uconnect.entrypoints.cli.words import minute
from uconnect.oidc_provider.signing_keys import ListedKey

NO_OTHERS = (
    "There are no other keys. Passwords are kept as Argon2id hashes. Cookies, codes, links and refresh tokens are"
    " random, and only their hashes are kept."
)


@click.group(short_help="List or change the key that signs tokens.")
def keys() -> None:
    """List or change the key that signs tokens.

    It is in the data file, and in each backup. Whoever has it can act as any person who is signed in.
    """


@keys.command("list", short_help="List the keys that sign or have signed.")
def list_keys() -> None:
    """List the key that signs, and those before it, the newest first. No private key is shown."""
    with open_operator() as operator:
        found = operator.signing_keys()
    if not found:
        click.echo("There is no key yet. uconnect makes it when it starts.")
        return
    for it in found:
        click.echo(f"{it.kid}  made {minute(it.made)}  {_state(it)}")
    click.echo(NO_OTHERS)


@keys.command("rotate", short_help="Sign with a new key from now on.")
@click.option("--stolen", is_flag=True, help="Stop trusting older keys: somebody else may have one.")
def rotate(*, stolen: bool) -> None:
    """Sign with a new key from now on. The server may run, and needs no restart.

    No one is signed out. Tokens of the old key are good until they end, within 10 minutes. With --stolen they end now,
    and open pages get new ones without a sign-in. Only the public half of an old key is kept.

    Backups from before still contain the old key. A restore makes a new one.
    """
    with open_operator() as operator:
        new, *older = operator.rotate_signing_key(stolen=stolen)
    click.echo(f"A new key signs from now on: {new.kid}")
    if older:
        click.echo(f"The key before it is trusted until {minute(older[0].until or 0)}, when its last token has ended.")
    else:
        click.echo("Older keys are no longer trusted. Open pages get new tokens without a sign-in.")


def _state(key: ListedKey) -> str:
    return "signs" if key.until is None else f"its last token ends at {minute(key.until)}"
