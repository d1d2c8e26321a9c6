"""An archive that is damaged, cut, foreign, of a later release or made to harm is refused, and leaves nothing."""

import random
import resource
import struct
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from tests.support.altered_archive import Change, added, altered, records, without_line
from tests.support.evidence import Evidence
from uconnect.entrypoints.backups.archive import Refused
from uconnect.entrypoints.exports import archive_file, data_import
from uconnect.entrypoints.exports.members import MEMBERS
from uconnect.entrypoints.server.settings import Settings

pytestmark = pytest.mark.xdist_group("exports")  # one worker makes the university


def refusal(new: Settings, file: Path) -> str:
    """Why it is refused. The data folder is as empty as before."""
    with pytest.raises(Refused) as caught:
        data_import.import_into(new, file, {})
    assert list(new.data.iterdir()) == []
    sentence = str(caught.value)
    assert "Traceback" not in sentence
    assert len(sentence) < 500
    return sentence


def test_a_part_of_an_archive(exported: Path, new: Settings, tmp_path: Path) -> None:
    content, cut = exported.read_bytes(), tmp_path / "cut.zip"
    for share in (0, 1, len(content) // 3, len(content) - 30, len(content) - 1):
        cut.write_bytes(content[:share])
        assert "only a part of one" in refusal(new, cut)


def test_an_archive_with_a_byte_changed(exported: Path, new: Settings, tmp_path: Path) -> None:
    """Wherever it is. What stands in a place that no reader looks at may pass, and then the data are the same."""
    content, chance, refused = exported.read_bytes(), random.Random(14), 0
    damaged = tmp_path / "damaged.zip"
    for _ in range(60):
        place = chance.randrange(len(content))
        damaged.write_bytes(
            content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        )
        try:
            manifest = archive_file.read_manifest(damaged)
            for member in MEMBERS:
                list(archive_file.rows(damaged, manifest, member))
        except Refused:
            refused += 1
    assert refused > 50
    place = content.index(b"records/entry.jsonl") + 40
    damaged.write_bytes(content[:place] + b"\xff\xff" + content[place + 2 :])
    assert "damaged" in refusal(new, damaged)


def test_what_is_no_archive(new: Settings, tmp_path: Path) -> None:
    text, foreign = tmp_path / "text", tmp_path / "foreign.zip"
    text.write_text("a letter")
    assert "not an archive of uconnect" in refusal(new, text)
    with zipfile.ZipFile(foreign, "w") as archive:
        archive.writestr("holiday.jpg", b"x")
    assert "not an archive of uconnect" in refusal(new, foreign)


@pytest.mark.parametrize(("field", "value"), [("format", 2), ("schema", archive_file.SCHEMA + 1), ("format", 0)])
def test_an_archive_of_another_release(exported: Path, new: Settings, tmp_path: Path, field: str, value: int) -> None:
    later = altered(exported, tmp_path / "later.zip", manifest=lambda it: it.update({field: value, "uconnect": "9.0"}))
    assert "of uconnect 9.0, and this release" in refusal(new, later)


@pytest.mark.parametrize(
    "manifest",
    [
        lambda it: it["files"].pop("accounts.jsonl"),
        lambda it: it["files"].update({"../../etc/passwd": it["files"]["accounts.jsonl"]}),
        lambda it: it["files"]["accounts.jsonl"].update(size=2**62),
        lambda it: it["files"]["accounts.jsonl"].update(sha256="0" * 64),
        lambda it: it["files"]["accounts.jsonl"].update(lines=1),
        lambda it: it.pop("files"),
        lambda it: it.update(files=[]),
    ],
)
def test_a_manifest_that_does_not_fit(
    exported: Path, new: Settings, tmp_path: Path, manifest: Callable[..., object]
) -> None:
    refusal(new, altered(exported, tmp_path / "other.zip", manifest=manifest))


def test_other_files_in_the_archive(exported: Path, new: Settings, tmp_path: Path) -> None:
    """Their names are compared, and no place on the disk is ever named by one."""
    for name in ("../../../escaped", "/tmp/escaped", "records/party.jsonl"):
        other = tmp_path / "other.zip"
        other.write_bytes(exported.read_bytes())
        with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(other, "a") as archive:  # it warns of two alike
            archive.writestr(name, b"x")
        assert "does not have the files" in refusal(new, other)
    assert not (tmp_path.parent / "escaped").exists()


def test_an_encrypted_or_oddly_compressed_archive(exported: Path, new: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(exported) as archive, zipfile.ZipFile(other, "w", zipfile.ZIP_LZMA) as written:
        for name in archive.namelist():
            written.writestr(name, archive.read(name))
    assert "compressed in a way" in refusal(new, other)
    content = bytearray(exported.read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 8 : at + 10] = struct.pack("<H", 1)
    other.write_bytes(content)
    assert "damaged" in refusal(new, other)


ENTRY, PARTY, THREAD = "records/entry.jsonl", "records/party.jsonl", "records/thread.jsonl"


def test_a_thread_without_one_of_its_messages(
    exported: Path, new: Settings, tmp_path: Path, evidence: Evidence
) -> None:
    """Messages of the thread that is just being deleted may be missing."""
    with zipfile.ZipFile(exported) as archive:
        threads, entries = (list(map(msgspec.json.decode, archive.read(it).splitlines())) for it in (THREAD, ENTRY))
    there = {it["id"] for it in threads}
    kept = [number for number, it in enumerate(entries) if it["thread"] in there]
    assert len(kept) < len(entries)
    for number in (kept[0], kept[-1]):
        other = altered(exported, tmp_path / "other.zip", {ENTRY: without_line(number)})
        assert "do not have all of their messages" in refusal(new, other)
    evidence(24, "archives without one message", 2)


@pytest.mark.parametrize(
    ("name", "change", "why"),
    [
        (ENTRY, added(b"{"), "is not valid"),
        (ENTRY, added(b""), "is not valid"),
        (ENTRY, added(b"\xff\xfe"), "is not valid"),
        (ENTRY, added(b"[" * 100_000), "is not valid"),
        (ENTRY, added(b'{"type":"message"}'), "is not valid"),
        (ENTRY, added(b'{"type":"of a later release"}'), "is not valid"),
        (ENTRY, lambda it: it + it.splitlines(keepends=True)[0], "the same row twice"),
        (ENTRY, lambda it: it[:-1], "a line that is too long, or was cut"),
        (ENTRY, added(b'"' + b"x" * (1 << 20) + b'"'), "a line that is too long, or was cut"),
        (ENTRY, records(lambda it: it.update(thread="A" * 22)), "entry names what is not in thread"),
        (THREAD, without_line(0), "names what is not in thread"),
        (THREAD, records(lambda it: it["school"].update(party="A" * 22)), "thread names what is not in party"),
        (THREAD, records(lambda it: it.update(since=2**63)), ""),
        (THREAD, records(lambda it: it.update(seq=10**6)), "do not have all of their messages"),
        (PARTY, without_line(0), "names what is not in party"),
        (PARTY, lambda it: b"", "names what is not in party"),
        ("records/login.jsonl", records(lambda it: it.update(party="A" * 22)), "login names what is not in party"),
        ("records/address.jsonl", records(lambda it: it.update(party="A" * 22)), "address names what is not in party"),
        ("records/picture.jsonl", records(lambda it: it.update(school="A" * 22)), "picture names what is not in party"),
        ("records/picture.jsonl", records(lambda it: it.update(image="%")), "is not valid"),
        ("records/job.jsonl", records(lambda it: it.update(due="soon")), "is not valid"),
        ("records/job.jsonl", records(lambda it: it.update(due=2**63)), ""),
        ("accounts.jsonl", lambda it: it + it.splitlines(keepends=True)[0], "the same row twice"),
        ("accounts.jsonl", added(b'{"subject":"s","email":"e","admin":true}'), "is not valid"),
        ("audit_log.jsonl", without_line(0), "an audit log that was changed"),
        ("audit_log.jsonl", records(lambda it: it.update(act="nothing")), "an audit log that was changed"),
    ],
)
def test_records_that_are_none_or_do_not_fit_together(
    exported: Path, new: Settings, tmp_path: Path, evidence: Evidence, name: str, change: Change, why: str
) -> None:
    assert why in refusal(new, altered(exported, tmp_path / "other.zip", {name: change}))
    evidence(24, "archives made to harm, all refused", 1)


def test_what_a_deletion_has_not_reached_yet_is_no_fault(exported: Path, new: Settings, tmp_path: Path) -> None:
    """A job that waits names the thread: it deletes the messages next."""
    gone = {}

    def delete(content: bytes) -> bytes:
        first, _, rest = content.partition(b"\n")
        gone["id"] = msgspec.json.decode(first)["id"]
        return rest

    def job(content: bytes) -> bytes:
        body = {"id": "purge", "due": 1, "task": {"type": "purge_thread", "thread": gone["id"]}}
        line = {"id": "purge", "due": 1, "body": msgspec.json.encode(body).decode()}
        return content + msgspec.json.encode(line) + b"\n"

    file = altered(exported, tmp_path / "other.zip", {THREAD: delete, "records/job.jsonl": job})
    assert data_import.import_into(new, file, {}).manifest.files[THREAD].lines > 0


def test_a_line_that_unpacks_to_very_much_takes_no_memory(exported: Path, new: Settings, tmp_path: Path) -> None:
    """64 MB of zeros in 64 KB: the first megabyte is no line, and there it ends."""
    bomb, size = tmp_path / "bomb.zip", 64 << 20
    with zipfile.ZipFile(exported) as archive, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as written:
        said = msgspec.json.decode(archive.read("manifest.json"))
        said["files"][ENTRY]["size"] = size
        for name in said["files"]:
            if name == ENTRY:
                with written.open(name, "w") as file:
                    for _ in range(size >> 20):
                        file.write(bytes(1 << 20))
            else:
                written.writestr(name, archive.read(name))
        written.writestr("manifest.json", msgspec.json.encode(said))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "a line that is too long" in refusal(new, bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 << 10  # KiB


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_manifest_that_unpacks_to_very_much_takes_no_memory(new: Settings, tmp_path: Path, method: int) -> None:
    """It is the first thing that is read, and nothing has said yet how large it is: its size is made small here."""
    bomb, size = tmp_path / "bomb.zip", 64 << 20
    with zipfile.ZipFile(bomb, "w", method) as written, written.open("manifest.json", "w") as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    content = bomb.read_bytes()
    bomb.write_bytes(content.replace(struct.pack("<I", size), struct.pack("<I", 1000)))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    refusal(new, bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 << 10  # KiB


@pytest.mark.parametrize("taken", [10**18, -(10**18), 10**400])
def test_an_archive_of_no_time(exported: Path, new: Settings, tmp_path: Path, taken: int) -> None:
    """The command says when it was taken."""
    other = altered(exported, tmp_path / "other.zip", manifest=lambda it: it.update(taken=taken))
    assert "manifest that cannot be read" in refusal(new, other)


def test_a_release_whose_name_moves_the_cursor(exported: Path, new: Settings, tmp_path: Path) -> None:
    name = "9.0\x1b[2J\u202e"
    later = altered(exported, tmp_path / "later.zip", manifest=lambda it: it.update(format=2, uconnect=name))
    assert refusal(new, later).isprintable()


def test_what_would_not_fit_on_the_disk_is_not_begun(exported: Path, new: Settings, tmp_path: Path) -> None:
    manifest = archive_file.read_manifest(exported)
    huge = msgspec.structs.replace(manifest, files={**manifest.files, ENTRY: archive_file.Part(1, 2**60, "")})
    with pytest.raises(Refused, match="Make room"):
        data_import.fill(new.data / "uconnect.sqlite", exported, huge)
    assert list(new.data.iterdir()) == []
