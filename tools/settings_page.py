"""Writes docs/settings.md from the table of settings: `python -m tools.settings_page`."""

import sys
from textwrap import fill

from uconnect.entrypoints.server.settings_table import SETTINGS, Setting

WIDTH = 120
INTRODUCTION = """# Settings

Made by `make generated` from `backend/uconnect/entrypoints/server/settings_table.py`; change that.

Nothing has to be set to try uconnect on one machine. What is set comes from the environment, or from a file:
`uconnect.toml` in the data folder, or the one that `CONFIG` names. The environment wins. In the file the names are
small, and folders are meant from where the file is:

```toml
url = "https://ask.uni.edu"
schools = "invited"
smtp = "smtp://uconnect:password@mail.uni.edu:587"
mail_from = "help@uni.edu"
```

A name that is unknown, or a value that cannot be, is refused at start, with what to set instead. The file may hold a
password: let nobody read it but who runs uconnect.
"""


def source() -> str:
    """The page."""
    return "\n".join([INTRODUCTION, *(_section(setting) for setting in SETTINGS)])


def _section(setting: Setting) -> str:
    about = fill(setting.about, WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"## {setting.name}\n\n{about}\n\nElse: {setting.else_}. Such as: `{setting.example}`\n"


if __name__ == "__main__":
    sys.stdout.write(source())
