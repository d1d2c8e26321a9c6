"""Lists what is in a release, with versions and hashes, in the form of CycloneDX: `python -m tools.sbom dist`."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LISTER = ROOT / ".venv-release" / "bin" / "cyclonedx-py"
DEVELOPMENT = "cdx:npm:package:development"


def of_python(lock: str = "run") -> dict[str, Any]:
    """The packages that the server stands on, from their lock; or those of another lock, such as `traces`."""
    command = (str(LISTER), "requirements", "--pyproject", "pyproject.toml", "--output-reproducible")
    # Its one warning is that a lock does not say which package needs which.
    return _listed(*command, f"requirements/{lock}.txt", environment=os.environ | {"PYTHONWARNINGS": "ignore"})


def of_sites() -> dict[str, Any]:
    """The packages whose code is in the sites. npm's own `--omit dev` leaves out preact, which a development package
    asks for too."""
    found = _listed("npm", "sbom", "--sbom-format", "cyclonedx", "--package-lock-only", folder=ROOT / "sites")
    found["components"] = [it for it in found["components"] if not _is_for_development(it)]
    kept = {it["bom-ref"] for it in (*found["components"], found["metadata"]["component"])}
    found["dependencies"] = [
        it | {"dependsOn": [each for each in it["dependsOn"] if each in kept]}
        for it in found["dependencies"]
        if it["ref"] in kept
    ]
    return found


def _is_for_development(component: dict[str, Any]) -> bool:
    return any(it["name"] == DEVELOPMENT for it in component["properties"])


def _listed(*command: str, folder: Path = ROOT, environment: dict[str, str] | None = None) -> dict[str, Any]:
    ran = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


def main(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for name, found in {"python": of_python(), "python-traces": of_python("traces"), "sites": of_sites()}.items():
        (folder / f"sbom-{name}.cdx.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
