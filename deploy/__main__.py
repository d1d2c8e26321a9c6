"""`python -m deploy up|down|local|config|headers|school|user|jobs|audit|export|import`: the Makefile runs it."""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import boto3

from deploy import admin, local, sites, stack
from deploy.package import functions, pillow

NAME = os.environ.get("STACK", "uconnect")
PYTHON = "3.13"
SET = {
    "Schools": "SCHOOLS",
    "EndThreadsAfter": "END_THREADS_AFTER",
    "DeleteThreadsAfter": "DELETE_THREADS_AFTER",
    "MailFrom": "MAIL_FROM",
    "AlarmsTo": "ALARMS_TO",
    "Protect": "PROTECT",
    "Mfa": "MFA",
    "IdpName": "IDP_NAME",
    "IdpMetadata": "IDP_METADATA",
    "IdpIssuer": "IDP_ISSUER",
    "IdpClient": "IDP_CLIENT",
    "IdpSecret": "IDP_SECRET",
    "IdpEmail": "IDP_EMAIL",
    "IdpPersonName": "IDP_PERSON_NAME",
    "IdpVerified": "IDP_VERIFIED",
    "IdpSites": "IDP_SITES",
    "IdpOnly": "IDP_ONLY",
}


def up() -> None:
    """Everything, on the account that the usual AWS credentials are of."""
    session = boto3.Session()
    code = stack.put_code(session, functions("arm64", PYTHON), pillow("arm64", PYTHON))
    chosen = {parameter: os.environ[name] for parameter, name in SET.items() if os.environ.get(name)}
    outputs = stack.put_up(session, NAME, code | chosen)
    amplify = session.client("amplify")
    for kind in sites.KINDS:
        print(f"{kind:>7}  {sites.publish(amplify, kind, outputs)}")


def down() -> None:
    """Take it all away, with what people wrote."""
    session: Any = boto3.Session()
    print(f"This deletes the stack {NAME} with every thread and account in it.")
    if os.environ.get("SURE") != NAME:
        sys.exit(f"Nothing was deleted. To delete it: make destroy SURE={NAME} (after make deploy PROTECT=false).")
    stack.take_down(session, NAME)
    print(f"{NAME} is deleted.")


def config() -> None:
    """The config.json of a site, for those who let Amplify build it."""
    print(json.dumps(sites.config(sys.argv[2], stack.outputs(boto3.Session().client("cloudformation"), NAME))))


def headers() -> None:
    """The headers of all sites, for those who let Amplify build them."""
    print(sites.custom_headers(stack.outputs(boto3.Session().client("cloudformation"), NAME)))


def operate() -> None:
    """What whoever runs uconnect does: see deploy/admin.py."""
    sys.exit(admin.run(boto3.Session(), NAME, *sys.argv[1:4], sure=os.environ.get("SURE", "")))


def move() -> None:
    """Write all data into an archive, or read one: see deploy/transfer.py."""
    from deploy import transfer  # noqa: PLC0415 - no other command needs what reads an archive

    file = os.environ.get("FILE")
    if not file:
        sys.exit(f"Name the archive: make {sys.argv[1]} FILE=all.zip")
    act = {"export": transfer.export, "import": transfer.import_}[sys.argv[1]]
    sys.exit(act(boto3.Session(), NAME, Path(file), sure=os.environ.get("SURE") == "yes"))


def _end(*_: object) -> None:
    """What is asked to end ends in order, or the emulator would stay."""
    raise KeyboardInterrupt


def run_locally() -> None:
    """The same on an emulator, the sites beside it, until Ctrl-C."""
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _end)
    with tempfile.TemporaryDirectory(prefix="uconnect-") as folder:
        try:
            local.serve(Path(folder), int(os.environ.get("PORT", "8000")))
        except KeyboardInterrupt:
            print("The emulator has stopped, and its data is deleted.")


COMMANDS = {
    "up": up,
    "down": down,
    "config": config,
    "headers": headers,
    "school": operate,
    "user": operate,
    "audit": operate,
    "jobs": operate,
    "export": move,
    "import": move,
    "local": run_locally,
}

if __name__ == "__main__":
    try:
        COMMANDS[sys.argv[1]]()
    except stack.Failed as failed:
        sys.exit(f"AWS refused or failed:\n{failed}")
