"""The name of what is deployed: it changes with the code, the template and each parameter, and with nothing else.

The functions that an alias leads to are published as versions, and a version keeps its settings. SAM publishes one when
this name changes (AutoPublishCodeSha256). Without it, it would look at the code alone, and a setting that was changed
would never reach a call.
"""

import hashlib
import json
from collections.abc import Mapping

from deploy.stack import TEMPLATE

RELEASE = "Release"


def named(parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters of a stack, with the name of its release among them."""
    given = {name: value for name, value in parameters.items() if name != RELEASE}
    content = TEMPLATE.read_bytes() + json.dumps(given, sort_keys=True).encode()
    return {**given, RELEASE: hashlib.sha256(content).hexdigest()}
