"""The lists of what is in a release are whole: all that is locked, and all whose code is in the sites."""

import re

import pytest
from tools import sbom, wheel


@pytest.mark.parametrize("name", ["run", "traces"])
def test_every_locked_package_of_the_server_is_listed_with_its_hashes(name: str) -> None:
    found = sbom.of_python(name)
    lock = (wheel.ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    locked = set(re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE))
    assert locked
    assert {(it["name"], it["version"]) for it in found["components"]} == locked
    assert all(it["externalReferences"][0]["hashes"] for it in found["components"])
    assert found["metadata"]["component"]["name"] == "uconnect"


def test_every_package_whose_code_is_in_the_sites_is_listed() -> None:
    """`licenses.txt` is written by what builds the sites, from the files that it puts into them."""
    found = sbom.of_sites()
    notices = (wheel.ROOT / "sites" / "dist" / "licenses.txt").read_text("utf-8")
    shipped = set(re.findall(r"^## (\S+) - (\S+) \(", notices, re.MULTILINE))
    listed = {(it["name"], it["version"]) for it in found["components"]}
    assert shipped
    assert shipped <= listed
    assert len(listed) < 2 * len(shipped), "what only builds or checks them is not"
    assert {it["ref"] for it in found["dependencies"]} >= {it["bom-ref"] for it in found["components"]}
