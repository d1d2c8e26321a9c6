"""An archive that says of itself what it holds, and holds something else: made of a good one."""

import hashlib
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

Change = Callable[[bytes], bytes]


def altered(
    source: Path,
    target: Path,
    changes: Mapping[str, Change] = {},
    manifest: Callable[[dict[str, Any]], object] = lambda _: None,
) -> Path:
    """A copy with files changed, the manifest made to fit them, and that changed at last."""
    with zipfile.ZipFile(source) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        said = msgspec.json.decode(archive.read("manifest.json"))
        for name in archive.namelist():
            if name == "manifest.json":
                continue
            content = archive.read(name)
            if name in changes:
                content = changes[name](content)
                found = hashlib.sha256(content).hexdigest()
                said["files"][name] = {"lines": content.count(b"\n"), "size": len(content), "sha256": found}
            written.writestr(name, content)
        manifest(said)
        written.writestr("manifest.json", msgspec.json.encode(said))
    return target


def records(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change the first record of a file."""

    def changed(content: bytes) -> bytes:
        first, _, rest = content.partition(b"\n")
        record = msgspec.json.decode(first)
        change(record)
        return msgspec.json.encode(record) + b"\n" + rest

    return changed


def every(change: Callable[[dict[str, Any]], object]) -> Change:
    """Change each record of a file."""

    def changed(content: bytes) -> bytes:
        found = [msgspec.json.decode(line) for line in content.splitlines()]
        for record in found:
            change(record)
        return b"".join(msgspec.json.encode(record) + b"\n" for record in found)

    return changed


def without_line(number: int) -> Change:
    """Leave out a line."""

    def changed(content: bytes) -> bytes:
        lines = content.splitlines(keepends=True)
        del lines[number]
        return b"".join(lines)

    return changed


def added(line: bytes) -> Change:
    return lambda content: content + line + b"\n"
