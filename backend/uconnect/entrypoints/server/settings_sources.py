"""The settings of the environment and of one file. An unknown name is refused; the environment wins."""

import errno
import stat
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from uconnect.entrypoints.server.settings_table import NAMES, Setting
from uconnect.entrypoints.server.settings_values import Fault, path

FILE = "uconnect.toml"
ONLY_ON_AWS = ("ISSUER", "USERINFO", "SIGN_UP", "CLIENTS", "POOL", "ALARMS_TO")
PREFIX = "UCONNECT_"
FOLDERS = {"DATA", "SITES", "BACKUPS", "PROVIDERS"}  # in a file they are meant from where the file is
TWICE = "Cannot overwrite a value"  # tomllib's words for a name that is set before
QUOTES = "'\"`"
ALIKE = 0.85  # of 1: a name so close to a setting's may be meant for it


class InvalidSetting(Exception):
    """A setting that is refused. The message says which one, and what to set instead."""


@dataclass(frozen=True, slots=True)
class SettingsSource:
    """The values that were set, by name, and the file that some of them are from."""

    values: Mapping[str, str]
    file: Path | None
    filed: frozenset[str]

    def value(self, setting: Setting, found: Mapping[str, Any]) -> Any:
        """The value of a setting, where `found` has those before it in the table. Raises InvalidSetting."""
        default = setting.default if isinstance(setting.default, str) else setting.default(found)
        try:
            value = setting.read(self.values.get(setting.name, default))
        except Fault as fault:
            raise InvalidSetting(self.fault(setting.name, secret=setting.secret) + str(fault)) from None
        return self.file.parent / value if self.file and value and setting.name in FOLDERS & self.filed else value

    def fault(self, name: str, *, secret: bool = False) -> str:
        """How the refusal of a value begins: what is set, and where. A `secret` is not shown."""
        value = "not valid" if secret else repr(self.values.get(name, ""))
        return f"{name}{f' (in {self.file})' if name in self.filed else ''} is {value}. "


def read_sources(environment: Mapping[str, str]) -> SettingsSource:
    """What is set. Raises InvalidSetting for a file that cannot be read, or has an unknown name."""
    _check_names(environment)
    spoken = _clean({name: environment[name] for name in NAMES if name in environment})
    file = _file(spoken)
    filed = _read(file, beside=file.name == FILE and "CONFIG" not in spoken) if file else {}
    return SettingsSource(filed | spoken, file, frozenset(filed.keys() - spoken.keys()))


def _check_names(environment: Mapping[str, str]) -> None:
    """Refuse an unknown name that begins with our prefix. Other names in the environment are not ours."""
    for name in environment:
        if name.startswith(PREFIX):
            close = get_close_matches(name.removeprefix(PREFIX), NAMES, 1)
            meant = f"Did you mean {close[0]}?" if close else f"The settings are {', '.join(NAMES)}."
            raise InvalidSetting(f"{name} is not a setting. {meant}")


def not_read(environment: Mapping[str, str]) -> list[str]:
    """The settings that only the AWS version reads. They may be meant for another program, so they are not refused."""
    return [name for name in ONLY_ON_AWS if name in environment]


def alike(environment: Mapping[str, str]) -> dict[str, str]:
    """Names that are almost a setting's, and that setting. They may be meant for another program too."""
    others = sorted(environment.keys() - {*NAMES, *ONLY_ON_AWS})
    close = {name: get_close_matches(name.upper(), NAMES, 1, ALIKE) for name in others}
    return {name: found[0] for name, found in close.items() if found}


def _clean(values: Mapping[str, str], file: Path | None = None) -> dict[str, str]:
    """The values without spaces around them; an empty one is not set. Refuses what only a mistake puts into one."""
    where = f" (in {file})" if file else ""
    stripped = {name: text.strip() for name, text in values.items() if text.strip()}
    for name, text in stripped.items():
        if len(text) > 1 and text[0] == text[-1] and text[0] in QUOTES:
            raise InvalidSetting(
                f"{name}{where} has quotation marks around it, which are not part of it: leave them out."
            )
        if any(unicodedata.category(it) in {"Cc", "Cs", "Zl", "Zp"} for it in text):
            raise InvalidSetting(
                f"{name}{where} has a character in it that cannot be seen, or is not written in UTF-8. Type it again."
            )
    return stripped


def _file(spoken: Mapping[str, str]) -> Path | None:
    named = spoken.get("CONFIG")
    which = "CONFIG" if named else "DATA"
    try:
        file = path(named) if named else path(spoken.get("DATA", "data")) / FILE
    except Fault as fault:
        raise InvalidSetting(f"{which} is {spoken[which]!r}. {fault}") from None
    try:
        mode = file.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = 0
    except OSError as error:
        raise InvalidSetting(f"{which} leads to {file}, which cannot be read: {reason(error)}.") from None
    if named and not stat.S_ISREG(mode):
        found = "that is not a file" if mode else "this file does not exist"
        raise InvalidSetting(f"CONFIG is {named!r}, but {found}. Create it, or remove CONFIG.")
    return file if stat.S_ISREG(mode) else None


def reason(error: OSError) -> str:
    """Why the system refuses a file or a folder, and what helps."""
    helps = {
        errno.EACCES: "run uconnect as the account that owns it",
        errno.EPERM: "run uconnect as the account that owns it",
        errno.ENOSPC: "make room on its disk",
        errno.EROFS: "its disk is mounted to be read only",
    }
    found = helps.get(error.errno or 0)
    return f"{error.strerror or error}{f' ({found})' if found else ''}"


def _read(file: Path, *, beside: bool) -> dict[str, str]:
    try:
        found = tomllib.loads(file.read_text("utf-8-sig"))
    except UnicodeDecodeError:
        raise InvalidSetting(f"{file} is not written in UTF-8. Save it in that encoding.") from None
    except OSError as error:
        raise InvalidSetting(f"{file} cannot be read: {reason(error)}.") from None
    except tomllib.TOMLDecodeError as error:
        if str(error).startswith(TWICE):
            raise InvalidSetting(
                f"{file} has a setting twice{str(error).removeprefix(TWICE)}. Remove one of the two lines."
            ) from None
        raise InvalidSetting(
            f'{file} cannot be read: {error}. Write each setting like this:  url = "https://ask.uni.edu"'
        ) from None
    able = [name.lower() for name in NAMES if name != "CONFIG" and not (beside and name == "DATA")]
    return _clean({name.upper(): _value(file, name, value, able) for name, value in found.items()}, file)


def _value(file: Path, name: str, value: Any, able: list[str]) -> str:
    if name == "data" and name not in able:
        raise InvalidSetting(f"{file} sets data, but it is itself in the data folder. Remove that line.")
    if name not in able:
        close = get_close_matches(name.lower(), able, 1)
        meant = f"Did you mean {close[0]}?" if close else f"The settings are {', '.join(able)}."
        raise InvalidSetting(f"{file} sets {name!r}, which is not a setting. {meant}")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidSetting(f'{file} sets {name} to something that is not text. Put it in quotes:  {name} = "..."')
    return str(value)
