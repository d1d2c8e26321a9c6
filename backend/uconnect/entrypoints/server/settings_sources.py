"""The settings of the environment and of one file. An unknown name is refused; the environment wins."""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from uconnect.entrypoints.server.settings_table import NAMES, Setting
from uconnect.entrypoints.server.settings_values import Fault

FILE = "uconnect.toml"
ONLY_ON_AWS = ("ISSUER", "USERINFO", "SIGN_UP", "CLIENTS", "POOL", "ALARMS_TO")
PREFIX = "UCONNECT_"
FOLDERS = {"DATA", "SITES"}  # in a file they are meant from where the file is


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
            return setting.read(self.values.get(setting.name, default))
        except Fault as fault:
            raise InvalidSetting(self.fault(setting.name, secret=setting.secret) + str(fault)) from None

    def fault(self, name: str, *, secret: bool = False) -> str:
        """How the refusal of a value begins: what is set, and where. A `secret` is not shown."""
        value = "not valid" if secret else repr(self.values.get(name, ""))
        return f"{name}{f' (in {self.file})' if name in self.filed else ''} is {value}. "


def read_sources(environment: Mapping[str, str]) -> SettingsSource:
    """What is set. Raises InvalidSetting for a file that cannot be read, or has an unknown name."""
    _check_names(environment)
    spoken = {name: environment[name] for name in NAMES if name in environment}
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


def _file(spoken: Mapping[str, str]) -> Path | None:
    named = spoken.get("CONFIG")
    file = Path(named) if named else Path(spoken.get("DATA", "data")) / FILE
    try:
        there = stat.S_ISREG(file.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        there = False
    except OSError as error:
        raise InvalidSetting(
            f"{file} cannot be opened: {error.strerror}. Run uconnect as the account that owns it."
        ) from None
    if named and not there:
        raise InvalidSetting(f"CONFIG is {named!r}, but this file does not exist. Create it, or remove CONFIG.")
    return file if there else None


def _read(file: Path, *, beside: bool) -> dict[str, str]:
    try:
        found = tomllib.loads(file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InvalidSetting(
            f'{file} cannot be read: {error}. Write each setting like this:  url = "https://ask.uni.edu"'
        ) from None
    able = [name.lower() for name in NAMES if name != "CONFIG" and not (beside and name == "DATA")]
    return {name.upper(): _value(file, name, value, able) for name, value in found.items()}


def _value(file: Path, name: str, value: Any, able: list[str]) -> str:
    if name == "data" and name not in able:
        raise InvalidSetting(f"{file} sets data, but it is itself in the data folder. Remove that line.")
    if name not in able:
        close = get_close_matches(name.lower(), able, 1)
        meant = f"Did you mean {close[0]}?" if close else f"The settings are {', '.join(able)}."
        raise InvalidSetting(f"{file} sets {name!r}, which is not a setting. {meant}")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidSetting(f'{file} sets {name} to something that is not text. Put it in quotes:  {name} = "..."')
    return str(file.parent / str(value)) if name.upper() in FOLDERS else str(value)
