"""`python -m deploy COMMAND`, one of COMMANDS below: the Makefile runs it."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from deploy import account, admin, checks, domains, errors, lifecycle, local, settings, sites, stack
from deploy.code_bucket import CodeBucket
from deploy.lifecycle import DesiredStack
from deploy.package import functions, pillow
from deploy.release import RELEASE, name_of

PYTHON = "3.13"
SET = {  # a parameter of the template, and the setting that sets it; docs/aws.md says what each means
    "Schools": "SCHOOLS",
    "EndThreadsAfter": "END_THREADS_AFTER",
    "DeleteThreadsAfter": "DELETE_THREADS_AFTER",
    "MailFrom": "MAIL_FROM",
    "AlarmsTo": "ALARMS_TO",
    "JobRuns": "JOB_RUNS",
    "JobsReserved": "JOBS_RESERVED",
    "Protect": "PROTECT",
    "PermissionsBoundary": "PERMISSIONS_BOUNDARY",
    "RestoredTable": "RESTORED_TABLE",
    "LogDays": "LOG_DAYS",
    "AccessLog": "ACCESS_LOG",
    "Tracing": "TRACING",
    "ConcurrencyAlarm": "CONCURRENCY_ALARM",
    "BudgetUsd": "BUDGET_USD",
    "KmsKey": "KMS_KEY",
    "HttpRate": "HTTP_RATE",
    "HttpBurst": "HTTP_BURST",
    "PublicRate": "PUBLIC_RATE",
    "PublicBurst": "PUBLIC_BURST",
    "PictureRate": "PICTURE_RATE",
    "PictureBurst": "PICTURE_BURST",
    "WebAcl": "WEB_ACL",
    "PoolWebAcl": "POOL_WEB_ACL",
    "Canary": "CANARY",
    "Hosting": "HOSTING",
    "UserSite": "USER_SITE",
    "SchoolSite": "SCHOOL_SITE",
    "WorkerSite": "WORKER_SITE",
    "SitesCertificate": "SITES_CERTIFICATE",
    "ApiDomain": "API_DOMAIN",
    "ApiCertificate": "API_CERTIFICATE",
    "SocketDomain": "SOCKET_DOMAIN",
    "SocketCertificate": "SOCKET_CERTIFICATE",
    "PagesDomain": "PAGES_DOMAIN",
    "PagesCertificate": "PAGES_CERTIFICATE",
    "SocketRate": "SOCKET_RATE",
    "SocketBurst": "SOCKET_BURST",
    "CognitoPlan": "COGNITO_PLAN",
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


def name() -> str:
    """The name of the stack that the command works on."""
    return os.environ.get("STACK") or "uconnect"


def is_sure() -> bool:
    """Whether the operator has said yes beforehand, so that no question is asked."""
    return os.environ.get("SURE") in {"yes", name()}


def check() -> None:
    """Look for what would fail later, before anything is built."""
    settings.tags()
    checks.before_build(account.session(), name(), settings.chosen(SET), SET)


def up() -> None:
    """Make or update the stack and the sites, in the account of the usual AWS credentials."""
    session, chosen = account.session(), settings.chosen(SET)
    checks.require_name(name())
    bucket = CodeBucket(session, name())
    there = stack.find(session.client("cloudformation"), name())
    before = stack.parameters(there) if there else {}
    code = bucket.put(functions("arm64", PYTHON), pillow("arm64", PYTHON))
    template = bucket.put_template()
    desired = DesiredStack(template, code | chosen, settings.tags(), is_sure())
    outputs = lifecycle.deploy(session, name(), desired)
    bucket.prune(code, before, template)
    if "UserApp" in outputs:
        amplify = session.client("amplify")
        for kind in sites.KINDS:
            print(f"{kind:>7}  {sites.publish(amplify, kind, outputs)}")


def code() -> None:
    """Upload the zips, and print the parameters that say where they are, for those who deploy with the SAM CLI."""
    session = account.session()
    put = CodeBucket(session, name()).put(functions("arm64", PYTHON), pillow("arm64", PYTHON))
    if stack.find(session.client("cloudformation"), name()) is None:
        put |= {"Protect": "later"}  # or what is left of a first failure could not be deleted
    # The SAM CLI is given more parameters, which are not known here. So each call names another release.
    named = put | {RELEASE: name_of(put | {"at": str(time.time_ns())})}
    print(" ".join(f"{parameter}={value}" for parameter, value in named.items()))


def down() -> None:
    """Delete the stack, with what people wrote."""
    session = account.session()
    there = stack.find(session.client("cloudformation"), name())
    lifecycle.destroy(session, name(), sure=os.environ.get("SURE") == name())
    print(f"{name()} is deleted.")
    bucket = CodeBucket(session, name())
    if not bucket.remove():
        print(f"The bucket {bucket.name} stays: it has the code of other stacks.")
    print("What stays: DynamoDB keeps a system backup of the table for 35 days, at no cost, and deletes it then.")
    if restored := stack.parameters(there or {}).get("RestoredTable"):
        print(f"The table {restored} stays, with what people wrote: it was restored beside the stack. To delete it:")
        print(f"  aws dynamodb update-table --table-name {restored} --no-deletion-protection-enabled")
        print(f"  aws dynamodb delete-table --table-name {restored}")


def config() -> None:
    """Print the config.json of a site, for those who let Amplify build it."""
    kind = sys.argv[2] if len(sys.argv) > 2 else ""
    if kind not in sites.KINDS:
        sys.exit(USAGE)
    print(json.dumps(sites.config(kind, stack.outputs(account.session().client("cloudformation"), name()))))


def headers() -> None:
    """Print the headers of all sites, for those who let Amplify build them."""
    print(sites.custom_headers(stack.outputs(account.session().client("cloudformation"), name())))


def show_domains() -> None:
    """Print the DNS records to make for the stack's own domains: see deploy/domains.py."""
    session = account.session()
    outputs = stack.outputs(session.client("cloudformation"), name())
    print(domains.shown(domains.records(session.client("amplify"), outputs)))


def operate() -> None:
    """Do one act of the operator: see deploy/admin.py."""
    sys.exit(admin.run(account.session(), name(), *sys.argv[1:4], sure=os.environ.get("SURE", "")))


def move_data() -> None:
    """Write all data into an archive, or read one: see deploy/transfer.py."""
    from deploy import transfer  # noqa: PLC0415 - no other command needs what reads an archive

    file = os.environ.get("FILE")
    if not file:
        sys.exit(f"Name the archive: make {sys.argv[1]} FILE=all.zip")
    act = {"export": transfer.export, "import": transfer.import_}[sys.argv[1]]
    sys.exit(act(account.session(), name(), Path(file), sure=os.environ.get("SURE") == "yes"))


def restore_data() -> None:
    """Bring the data back as they were at an earlier moment, without what was deleted since: see deploy/restore.py."""
    from deploy import restore  # noqa: PLC0415 - no other command needs what deletes

    at, compare = os.environ.get("AT", ""), os.environ.get("COMPARE", "")
    restore.restore(account.session(), name(), at, compare=compare, sure=os.environ.get("SURE") == "yes")


def _stop(*_: object) -> None:
    """Stop as Ctrl-C does, so that the emulator is stopped too."""
    raise KeyboardInterrupt


def run_locally() -> None:
    """Run everything on an emulator on this machine, with the sites, until Ctrl-C."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, _stop)
    with tempfile.TemporaryDirectory(prefix="uconnect-") as folder:
        try:
            local.serve(Path(folder), int(os.environ.get("PORT", "8000")))
        except KeyboardInterrupt:
            print("The emulator has stopped, and its data is deleted.")


COMMANDS = {
    "check": check,
    "up": up,
    "down": down,
    "code": code,
    "config": config,
    "headers": headers,
    "domains": show_domains,
    "school": operate,
    "user": operate,
    "audit": operate,
    "jobs": operate,
    "export": move_data,
    "import": move_data,
    "restore": restore_data,
    "local": run_locally,
}
USAGE = (
    f"The commands are {', '.join('config SITE' if it == 'config' else it for it in COMMANDS)}; SITE is user, school or"
    " worker. The Makefile runs them: docs/aws.md says what each does."
)


def main() -> None:
    """Run a command. What fails for a known reason ends in a sentence."""
    words = sys.argv[1:]
    if words[:1] == ["--help"]:
        print(USAGE)
        return
    if not words or words[0] not in COMMANDS:
        sys.exit(USAGE)
    try:
        settings.read_file([*SET.values()])
        COMMANDS[words[0]]()
    except stack.Failed as failed:
        sys.exit(str(failed))
    except (BotoCoreError, ClientError) as error:
        sys.exit(errors.sentence(error))
    except subprocess.CalledProcessError:
        sys.exit("The zips could not be built: the lines above say why. Nothing was changed at AWS.")
    except KeyboardInterrupt:
        sys.exit("Interrupted. What AWS has begun continues there. Run the same command again to follow it.")


if __name__ == "__main__":
    main()
