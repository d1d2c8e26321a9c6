"""Reads settings from the environment and one file. An unknown name is refused; the environment wins."""

import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from uconnect.entrypoints.server.settings_table import NAMES

FILE = "uconnect.toml"
ONLY_ON_AWS = ("ISSUER", "USERINFO", "SIGN_UP", "CLIENTS", "POOL", "ALARMS_TO")
PREFIX = "UCONNECT_"
FOLDERS = {"DATA", "SITES"}  # in a file they are meant from where the file is


class InvalidSetting(Exception):
    """A setting that cannot be. The message says which, and what to set instead."""


@dataclass(frozen=True, slots=True)
class SettingsSource:
    """The values that were set, by name, and the file that some of them are from."""

    values: Mapping[str, str]
    file: Path | None
    filed: frozenset[str]

    def get(self, name: str, otherwise: str) -> str:
        return self.values.get(name, otherwise)

    def wrong(self, name: str, instead: str, *, secret: bool = False) -> InvalidSetting:
        """The refusal of a value, which says where it is set, and what to set `instead`. A `secret` is not shown."""
        value = "not what it can be" if secret else repr(self.values.get(name, ""))
        where = f" (in {self.file})" if name in self.filed else ""
        return InvalidSetting(f"{name}{where} is {value}. {instead}")


def read_sources(environment: Mapping[str, str]) -> SettingsSource:
    """What is set. Raises Unusable for a file that cannot be read, or says what we do not know."""
    _check_names(environment)
    spoken = {name: environment[name] for name in NAMES if name in environment}
    file = _file(spoken)
    filed = _read(file, beside=file.name == FILE and "CONFIG" not in spoken) if file else {}
    return SettingsSource(filed | spoken, file, frozenset(filed.keys() - spoken.keys()))


def _check_names(environment: Mapping[str, str]) -> None:
    """The environment is full of others' names; one that says it is meant for us must be one that we know."""
    for name in environment:
        if name.startswith(PREFIX):
            close = get_close_matches(name.removeprefix(PREFIX), NAMES, 1)
            meant = f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(NAMES)}."
            raise InvalidSetting(f"{name} is no setting. {meant}")


def not_read(environment: Mapping[str, str]) -> list[str]:
    """What is set for the AWS version alone. Others may have set it for themselves, so it is told and not refused."""
    return [name for name in ONLY_ON_AWS if name in environment]


def _file(spoken: Mapping[str, str]) -> Path | None:
    named = spoken.get("CONFIG")
    file = Path(named) if named else Path(spoken.get("DATA", "data")) / FILE
    try:
        there = stat.S_ISREG(file.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        there = False
    except OSError as error:
        raise InvalidSetting(f"{file} cannot be looked at: {error.strerror}. Run uconnect as who owns it.") from None
    if named and not there:
        raise InvalidSetting(f"CONFIG is {named!r}, and there is no such file. Write one, or leave CONFIG out.")
    return file if there else None


def _read(file: Path, *, beside: bool) -> dict[str, str]:
    try:
        found = tomllib.loads(file.read_text("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InvalidSetting(
            f'{file} cannot be read: {error}. A line in it looks like  url = "https://ask.uni.edu"'
        ) from None
    able = [name.lower() for name in NAMES if name != "CONFIG" and not (beside and name == "DATA")]
    return {name.upper(): _value(file, name, value, able) for name, value in found.items()}


def _value(file: Path, name: str, value: Any, able: list[str]) -> str:
    if name == "data" and name not in able:
        raise InvalidSetting(f"{file} sets data, the folder it lies in itself. Take that line out.")
    if name not in able:
        close = get_close_matches(name.lower(), able, 1)
        meant = f"Did you mean {close[0]}?" if close else f"Known are: {', '.join(able)}."
        raise InvalidSetting(f"{file} sets {name!r}, which is no setting. {meant}")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise InvalidSetting(f'{file} sets {name} to what is no text. Put it in quotes:  {name} = "..."')
    return str(file.parent / str(value)) if name.upper() in FOLDERS else str(value)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
