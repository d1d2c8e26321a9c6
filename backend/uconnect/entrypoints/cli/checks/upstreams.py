"""Checks that the other sign-in providers say how to sign in there."""

import asyncio
from collections.abc import Iterator

from uconnect.entrypoints.cli.checks.findings import Finding, Status
from uconnect.entrypoints.cli.checks.subject import Subject
from uconnect.entrypoints.cli.words import printable
from uconnect.oidc_provider.upstream_client import UpstreamClient, UpstreamFailure


def providers(subject: Subject) -> Iterator[Finding]:
    """A finding for each provider in PROVIDERS, as this computer reaches it. Its keys are fetched, too."""
    for upstream in subject.settings.sign_in_methods.upstreams:
        back = f"{subject.settings.url}/oauth/return/{upstream.id}"
        client = UpstreamClient(upstream, back, lambda: subject.now)
        check, name = f"provider {upstream.id}", printable(upstream.name)
        try:
            asyncio.run(client.check())
        except UpstreamFailure as failure:
            says = f"People cannot sign in with {name} now: {failure.detail}."
            yield Finding(check, Status.FAILED, says, "Check issuer in the file of PROVIDERS, and the way there.")
        else:
            yield Finding(check, Status.OK, f"{name} says how to sign in there. It has to know the address {back}.")
