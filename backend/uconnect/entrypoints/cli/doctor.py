"""The operator's command that checks the data file."""

import click

from uconnect.entrypoints.cli.operator import open_operator


@click.command(short_help="Check the data file.")
@click.option("--repair", is_flag=True, help="Correct the counts that are wrong.")
def doctor(*, repair: bool) -> None:
    """Check that the data file is whole, and that the counts of threads that it keeps are right.

    It reads everything, which takes a while for a big file. The server may run.
    """
    with open_operator() as operator:
        operator.check_file()
        wrong = operator.wrong_counts(repair=repair)
    click.echo("The data file is whole.")
    if not wrong:
        click.echo("The counts of threads are right.")
    elif repair:
        click.echo(f"Wrong counts of threads: {wrong}. They are correct now.")
    else:
        raise click.ClickException(f"Wrong counts of threads: {wrong}. To correct them: uconnect doctor --repair")
