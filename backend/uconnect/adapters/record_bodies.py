"""Encodes a record as the JSON text that both stores keep. A job that this release cannot read keeps its text."""

import msgspec
from msgspec.structs import replace

from uconnect.domain.models import AnyRecord, Job, StoredJob, UnreadableJob

_job_decoder = msgspec.json.Decoder(Job)


def body(record: AnyRecord) -> str:
    return record.body if isinstance(record, UnreadableJob) else msgspec.json.encode(record).decode()


def job(id: str, due: int, body: str) -> StoredJob:
    """A job by its text. One unknown kind must not stop all others, so what cannot be read is a record too."""
    try:
        return replace(_job_decoder.decode(body), id=id, due=due)
    except msgspec.DecodeError:  # also ValidationError: it is no JSON, or no job that we know
        return UnreadableJob(id=id, due=due, body=body)
