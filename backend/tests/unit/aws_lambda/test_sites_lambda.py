"""The sites go up as they were built, each told where it is, by Amplify's manual deployment."""

import io
import json
import zipfile
from collections.abc import Iterator
from http.server import HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from botocore.stub import ANY, Stubber
from deploy import sites
from deploy.stack import Failed

from tests.support.loopback_http import QuietHandler, running

POOL = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_x"
OUTPUTS = {
    "Url": "https://api1.execute-api.eu-west-1.amazonaws.com",
    "SocketUrl": "https://api2.execute-api.eu-west-1.amazonaws.com/v1",
    "Issuer": POOL,
    "Pages": "https://uconnect-1.auth.eu-west-1.amazoncognito.com",
    "Mails": "true",
    "Passkeys": "true",
    "UserIdp": "none",
    "SchoolIdp": "beside",
    "WorkerIdp": "alone",
} | {
    f"{kind}{what}": value
    for kind in ("User", "School", "Worker")
    for what, value in (
        ("Client", f"c-{kind}"),
        ("App", f"app{kind}"),
        ("Origin", f"https://main.{kind.lower()}.example"),
    )
}


class Bucket(HTTPServer):
    """Where Amplify says the zip is to be put."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Put)
        self.put: list[bytes] = []


class _Put(QuietHandler):
    server: Bucket

    def do_PUT(self) -> None:  # noqa: N802 - the name of http.server
        self.server.put.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer_with(200)


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    with running(Bucket()) as bucket:
        yield bucket


@pytest.fixture
def amplify() -> Iterator[tuple[Any, Stubber]]:
    made = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1").client("amplify")
    with Stubber(made) as stubber:
        yield made, stubber
    made.close()


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    for name in ("index.html", "user/index.html", "school/index.html", "worker/index.html", "assets/a-1.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


JOB = {"appId": "appSchool", "branchName": "main", "jobId": "7"}


def expect(stubber: Stubber, bucket: Bucket, *statuses: str, unfinished: dict[str, list[str]] | None = None) -> None:
    """What Amplify is asked, and answers. `unfinished` are jobs from before, each with the statuses it has then."""
    app = dict.fromkeys(("appId", "appArn", "name", "description", "repository", "platform", "defaultDomain"), "x")
    times = {"createTime": 0, "updateTime": 0, "enableBranchAutoBuild": False, "enableBasicAuth": False}
    summary = {"jobArn": "x", "jobId": "7", "commitId": "x", "commitMessage": "x", "commitTime": 0, "startTime": 0}
    summary |= {"jobType": "MANUAL"}
    where = f"http://127.0.0.1:{bucket.server_port}/zip"
    stubber.add_response(
        "update_app", {"app": app | times | {"environmentVariables": {}}}, {"appId": "appSchool", "customHeaders": ANY}
    )
    left = unfinished or {}
    before = [summary | {"jobId": id, "status": found[0]} for id, found in left.items()]
    jobs = [*before, summary | {"jobId": "1", "status": "SUCCEED"}]
    stubber.add_response("list_jobs", {"jobSummaries": jobs}, {"appId": "appSchool", "branchName": "main"})
    for id, (first, *then) in left.items():
        if first != "CANCELLING":
            stopped = {"jobSummary": summary | {"jobId": id, "status": "CANCELLING"}}
            stubber.add_response("stop_job", stopped, JOB | {"jobId": id})
        for status in then:
            job = {"summary": summary | {"jobId": id, "status": status}, "steps": []}
            stubber.add_response("get_job", {"job": job}, JOB | {"jobId": id})
    stubber.add_response(
        "create_deployment",
        {"jobId": "7", "fileUploadUrls": {}, "zipUploadUrl": where},
        {"appId": "appSchool", "branchName": "main"},
    )
    stubber.add_response("start_deployment", {"jobSummary": summary | {"status": "PENDING"}}, JOB)
    for status in statuses:
        stubber.add_response("get_job", {"job": {"summary": summary | {"status": status}, "steps": []}}, JOB)


def test_a_site_is_put_up_and_its_address_is_told(amplify: tuple[Any, Stubber], bucket: Bucket, dist: Path) -> None:
    made, stubber = amplify
    expect(stubber, bucket, "PENDING", "RUNNING", "SUCCEED")
    for ending in ("br", "gz"):
        (dist / f"assets/a-1.js.{ending}").write_bytes(b"for the server alone: Amplify compresses what it sends")
    assert sites.publish(made, "school", OUTPUTS, dist, every=0) == "https://main.school.example/school/"
    stubber.assert_no_pending_responses()
    with zipfile.ZipFile(io.BytesIO(bucket.put[0])) as packed:
        held = {name: packed.read(name) for name in packed.namelist()}
    assert json.loads(held.pop("school/config.json")) == sites.config("school", OUTPUTS)
    built = {str(it.relative_to(dist)): it.read_bytes() for it in dist.rglob("*.*") if it.suffix not in {".br", ".gz"}}
    assert held == built, "the bytes are those that the server sends"


def test_a_deployment_that_fails_is_not_called_done(amplify: tuple[Any, Stubber], bucket: Bucket, dist: Path) -> None:
    made, stubber = amplify
    expect(stubber, bucket, "RUNNING", "FAILED")
    with pytest.raises(Failed, match=r"school site \(FAILED\)"):
        sites.publish(made, "school", OUTPUTS, dist, every=0)


def test_a_deployment_that_was_left_unfinished_is_stopped_first(
    amplify: tuple[Any, Stubber], bucket: Bucket, dist: Path
) -> None:
    """Amplify refuses a new one while "the last job(deployment) 5 was not finished"."""
    made, stubber = amplify
    left = {
        "6": ["CANCELLING", "CANCELLED"],
        "5": ["PENDING", "CANCELLING", "CANCELLED"],
        "4": ["CREATED", "CANCELLED"],
    }
    expect(stubber, bucket, "SUCCEED", unfinished=left)
    assert sites.publish(made, "school", OUTPUTS, dist, every=0) == "https://main.school.example/school/"
    stubber.assert_no_pending_responses()


def test_a_job_that_never_ends_is_not_waited_for_for_ever(
    amplify: tuple[Any, Stubber], bucket: Bucket, dist: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, stubber = amplify
    monkeypatch.setattr(sites, "PATIENCE", -1)
    expect(stubber, bucket, "SUCCEED", unfinished={"5": ["RUNNING", "RUNNING"]})
    with pytest.raises(Failed, match="Amplify is still at work on job 5"):
        sites.publish(made, "school", OUTPUTS, dist, every=0)


def test_a_site_that_cannot_be_sent_ends_in_a_sentence(
    amplify: tuple[Any, Stubber], bucket: Bucket, dist: Path
) -> None:
    made, stubber = amplify
    expect(stubber, bucket, "SUCCEED")
    bucket.shutdown()
    bucket.server_close()
    with pytest.raises(Failed, match="The school site could not be sent to Amplify"):
        sites.publish(made, "school", OUTPUTS, dist, every=0)


def test_a_site_is_told_where_everything_is() -> None:
    told = sites.config("user", OUTPUTS)
    assert told["api"] == "https://api1.execute-api.eu-west-1.amazonaws.com/api"
    assert told["socket"] == "wss://api2.execute-api.eu-west-1.amazonaws.com/v1"
    assert told["metadata"] == f"{POOL}/.well-known/openid-configuration"
    assert told["client"] == "c-User"
    assert told["sites"]["school"] == "https://main.school.example/school/"
    assert told["sign_up"].startswith("https://uconnect-1.auth.eu-west-1.amazoncognito.com/signup?client_id=c-User&")


def test_a_site_offers_the_pages_about_an_account_that_there_are() -> None:
    told = {kind: sites.config(kind, OUTPUTS) for kind in sites.KINDS}
    assert [it["account_offers"] for it in told.values()] == ["password", "own_password", "own_password"]
    pages = [urlsplit(told["user"][name]) for name in ("account", "passkey")]
    assert [it.path for it in pages] == ["/forgotPassword", "/passkeys/add"]
    asked = {"client_id": ["c-User"], "response_type": ["code"], "redirect_uri": ["https://main.user.example/user/"]}
    assert all(parse_qs(it.query).items() >= asked.items() for it in pages)
    alone = [told["worker"][name] for name in ("account", "sign_up", "new_account")]
    assert alone == [None] * 3, "nobody has a password of the pool there"
    assert sites.config("user", OUTPUTS | {"Passkeys": "false"})["passkey"] is None


def test_another_issuer_is_offered_by_its_address_alone() -> None:
    told = sites.config("user", OUTPUTS | {"Pages": "", "Issuer": "https://login.uni.example", "Passkeys": "false"})
    assert (told["account"], told["account_offers"]) == ("https://login.uni.example", "issuer")
    assert [told[name] for name in ("passkey", "sign_up", "sign_out_everywhere")] == [None, None, False]


def test_a_config_has_the_fields_that_the_sites_read() -> None:
    source = (sites.DIST.parent / "src/api/config.ts").read_text()
    declared = source[source.index("interface Config {") : source.index("\n}")]
    fields = {
        line.split(":")[0].strip().rstrip("?") for line in declared.splitlines() if ":" in line and "*" not in line
    }
    assert set(sites.config("user", OUTPUTS)) == fields


@pytest.mark.parametrize("mails", [True, False])
def test_a_site_offers_e_mails_where_they_are_sent(mails: bool) -> None:
    assert sites.config("user", OUTPUTS | {"Mails": str(mails).lower()})["notices"] is mails


def test_workers_are_shown_no_page_to_make_an_account_on() -> None:
    assert sites.config("worker", OUTPUTS)["sign_up"] is None


def allowed(directive: str) -> list[str]:
    """Where a page may take or ask for such things."""
    (found,) = [it.split() for it in sites.policy(OUTPUTS).split(";") if it.split()[0] == directive]
    return found[1:]


def test_pages_may_speak_to_the_api_the_socket_and_the_issuer_and_to_nobody_else() -> None:
    assert allowed("connect-src") == [
        "'self'",
        "https://api1.execute-api.eu-west-1.amazonaws.com",
        "wss://api2.execute-api.eu-west-1.amazonaws.com",
        "https://cognito-idp.eu-west-1.amazonaws.com",
        "https://uconnect-1.auth.eu-west-1.amazoncognito.com",
    ]


def test_pages_may_show_the_pictures_of_schools_which_are_at_the_api_and_no_others() -> None:
    told = sites.config("user", OUTPUTS)["api"]
    (api,) = [it for it in allowed("img-src") if it not in ("'self'", "data:")]
    assert told == f"{api}/api"


def test_whoever_builds_from_a_repository_is_told_the_same_headers() -> None:
    pages, assets = json.loads(sites.custom_headers(OUTPUTS))["customHeaders"]
    told = {it["key"]: it["value"] for it in pages["headers"]}
    assert told.items() >= sites.headers(OUTPUTS).items()
    assert (pages["pattern"], assets["pattern"]) == ("**", "assets/**")
