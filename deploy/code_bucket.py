"""The bucket that the code of all stacks of an account and region is put into, a folder for each stack.

CloudFormation reads the zips and the template there. Each call names our account as the bucket's owner: a bucket of
this name that is somebody else's gets nothing of ours, and gives us nothing (S3, "Verifying bucket ownership").
"""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from deploy.errors import code_of
from deploy.package import Packed
from deploy.stack import TEMPLATE, Failed

AT_ONCE = 1000  # objects that one DeleteObjects takes


class CodeBucket:
    """Where the code of one stack lies. It is named after the account and the region, and made when it is needed."""

    def __init__(self, session: Any, stack: str) -> None:
        account = session.client("sts").get_caller_identity()["Account"]
        self.name = f"uconnect-code-{account}-{session.region_name}"
        self._region = session.region_name
        self._folder = f"{stack}/"
        self._ours = {"Bucket": self.name, "ExpectedBucketOwner": account}
        self._s3 = session.client("s3")

    def is_there(self) -> bool:
        """Whether there is one. Raises Failed if it is another account's."""
        try:
            self._s3.head_bucket(**self._ours)
        except ClientError as error:
            if code_of(error) in {"404", "NoSuchBucket"}:
                return False
            if code_of(error) in {"403", "AccessDenied"}:
                raise Failed(self._not_ours()) from None
            raise
        return True

    def put(self, functions: Packed, pillow: Packed) -> dict[str, str]:
        """Put the zips up, each once, and return the parameters that say where."""
        self._make()
        there, keys = set(self._keys()), []
        for packed in (functions, pillow):
            keys.append(f"{self._folder}{packed.key}")
            if keys[-1] not in there:
                self._s3.put_object(**self._ours, Key=keys[-1], Body=packed.path.read_bytes())
        return {"CodeBucket": self.name, "CodeKey": keys[0], "PillowKey": keys[1]}

    def put_template(self, body: bytes = b"") -> str:
        """Put a template up, ours or another; its address. From a bucket CloudFormation takes 1 MB, from a call 51,200
        bytes."""
        body = body or TEMPLATE.read_bytes()
        key = f"{self._folder}template-{hashlib.sha256(body).hexdigest()[:16]}.yaml"
        self._s3.put_object(**self._ours, Key=key, Body=body)
        return f"{self._s3.meta.endpoint_url}/{self.name}/{key}"

    def prune(self, code: Mapping[str, str], before: Mapping[str, str], template: str) -> None:
        """Delete the zips that are older than what the stack ran `before`. While the code is the same, nothing is."""
        if before.get("CodeKey", code["CodeKey"]) == code["CodeKey"]:
            return
        kept = {it.get(key) for it in (code, before) for key in ("CodeKey", "PillowKey")}
        self._delete([key for key in self._keys() if key not in kept and not template.endswith(key)])

    def remove(self) -> bool:
        """Delete all of this stack, and the bucket if no other stack's code is in it; whether the bucket is gone."""
        if not self.is_there():
            return True
        self._delete([*self._keys()])
        if self._s3.list_objects_v2(**self._ours, MaxKeys=1).get("KeyCount"):
            return False
        self._s3.delete_bucket(**self._ours)
        return True

    def _make(self) -> None:
        if not self.is_there():
            where = {"CreateBucketConfiguration": {"LocationConstraint": self._region}}
            try:
                self._s3.create_bucket(Bucket=self.name, **({} if self._region == "us-east-1" else where))
            except ClientError as error:
                if code_of(error) != "BucketAlreadyExists":
                    raise
                raise Failed(self._not_ours()) from None
        blocked = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
        blocking = {"PublicAccessBlockConfiguration": dict.fromkeys(blocked, True)}
        self._s3.put_public_access_block(**self._ours, **blocking)
        rules = [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        self._s3.put_bucket_encryption(**self._ours, ServerSideEncryptionConfiguration={"Rules": rules})

    def _not_ours(self) -> str:
        return (
            f"The bucket {self.name} belongs to another account, or you may not look at it (s3:ListBucket). Nothing was"
            " put there. If it is not yours, use another region, and tell AWS Support."
        )

    def _keys(self) -> Iterator[str]:
        asked: dict[str, Any] = {"Prefix": self._folder}
        while True:
            page = self._s3.list_objects_v2(**self._ours, **asked)
            yield from (it["Key"] for it in page.get("Contents", ()))
            if not page.get("NextContinuationToken"):
                return
            asked["ContinuationToken"] = page["NextContinuationToken"]

    def _delete(self, keys: list[str]) -> None:
        for start in range(0, len(keys), AT_ONCE):
            objects = [{"Key": key} for key in keys[start : start + AT_ONCE]]
            said = self._s3.delete_objects(**self._ours, Delete={"Objects": objects, "Quiet": True})
            if said.get("Errors"):
                raise Failed(f"S3 did not delete {said['Errors'][0]['Key']}: {said['Errors'][0].get('Message', '')}")
