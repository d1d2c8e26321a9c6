"""Writes docs/settings.md from the table of settings: `python -m tools.settings_page`."""

import sys
from textwrap import fill

from uconnect.entrypoints.server.settings_table import SETTINGS, Setting

WIDTH = 120
INTRODUCTION = """# Settings

Made by `make generated` from `backend/uconnect/entrypoints/server/settings_table.py`; change that.

You can try uconnect on one machine without any setting. Settings come from the environment or from a file:
`uconnect.toml` in the data folder, or the file that `CONFIG` names. The environment wins. In the file, names are in
small letters, and folders are relative to the file:

```toml
url = "https://ask.uni.edu"
schools = "invited"
smtp = "smtp://uconnect:password@mail.uni.edu:587"
mail_from = "help@uni.edu"
```

An unknown name or an invalid value stops the start, with a sentence that says what to set instead. The file may hold a
password: only the account that runs uconnect should be able to read it.
"""


def source() -> str:
    """The page."""
    return "\n".join([INTRODUCTION, *(_section(setting) for setting in SETTINGS)])


def _section(setting: Setting) -> str:
    about = fill(setting.about, WIDTH, break_long_words=False, break_on_hyphens=False)
    return f"## {setting.name}\n\n{about}\n\nDefault: {setting.else_}. Example: `{setting.example}`\n"


if __name__ == "__main__":
    sys.stdout.write(source())
