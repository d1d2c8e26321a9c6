"""The operator's command about background jobs."""

import click

from uconnect.entrypoints.cli.operator import open_operator
from uconnect.entrypoints.cli.words import many, printable


@click.group(invoke_without_command=True, short_help="List the jobs that are set aside.")
@click.pass_context
def jobs(context: click.Context) -> None:
    """List the jobs that failed repeatedly, or that this release does not know. They are not tried again."""
    if context.invoked_subcommand:
        return
    with open_operator() as operator:
        found = operator.jobs()
    for job in found:
        click.echo(f"{printable(job.id)}  {job.kind}  tried {many(job.tries, 'time')}")
    if found:
        click.echo(f"{many(len(found), 'job')} set aside. To run them again: uconnect jobs retry")
    else:
        click.echo("No jobs are set aside.")


@jobs.command("retry", short_help="Run the jobs that are set aside again.")
def retry() -> None:
    """Run all jobs that are set aside again, for example after a repair or an upgrade."""
    with open_operator() as operator:
        found = operator.retry()
    click.echo(f"{many(len(found), 'job')} will run again while uconnect runs.")
