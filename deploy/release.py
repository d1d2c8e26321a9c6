"""The name of what is deployed: it changes with the code, the template and each parameter that a function may feel, and
with nothing else.

The functions that an alias leads to are published as versions, and a version keeps its settings. SAM publishes one when
this name changes (AutoPublishCodeSha256). Without it, it would look at the code alone, and a setting that was changed
would never reach a call.
"""

import hashlib
import json
from collections.abc import Mapping

from deploy.stack import TEMPLATE

RELEASE = "Release"
NO_PART = {RELEASE, "Protect", "Canary"}  # how a stack is changed: alone, they send no call to another version


def name_of(parameters: Mapping[str, str]) -> str:
    """The name of the release of a stack, of all its parameters."""
    given = {name: value for name, value in parameters.items() if name not in NO_PART}
    content = TEMPLATE.read_bytes() + json.dumps(given, sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()
