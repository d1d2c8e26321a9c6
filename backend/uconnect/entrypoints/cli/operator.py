"""Opens the data folder for the operator's commands. They may run while the server runs."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unicodedata import category

import click

from uconnect.adapters.sqlite.migrations import NewerSchema
from uconnect.application.admin import AdminRefused
from uconnect.application.email_addresses import NOT_WHOLE, kept
from uconnect.application.ports import Unavailable
from uconnect.entrypoints.cli.admin_service import DataFolderAdmin, open_admin
from uconnect.entrypoints.cli.folder import data_file_error, file_error
from uconnect.entrypoints.server import settings


class Address(click.ParamType[str]):
    """An e-mail address. It stays as it was typed: an old spelling may name another account than the normal form. No
    account ever had one with control characters, or with bytes that are no text, which nothing could look up."""

    name = "email"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if "@" not in kept(value) or any(category(it) in {"Cc", "Cs"} for it in value.strip()):
            self.fail(f"{value!r}: {NOT_WHOLE}", param, ctx)
        return str(value)


ADDRESS = click.argument("email", type=Address())


@contextmanager
def open_operator() -> Iterator[DataFolderAdmin]:
    """The operator of the data folder that the settings name. What fails is said in words, and the command ends."""
    try:
        with open_admin(settings.read()) as operator:
            yield operator
    except (AdminRefused, settings.InvalidSetting, NewerSchema) as error:
        raise click.ClickException(str(error)) from error
    except Unavailable as error:
        raise click.ClickException(str(error) or "The data file cannot be written now. Try again.") from error
    except sqlite3.Error as error:
        raise click.ClickException(data_file_error(error)) from error
    except OSError as error:
        raise click.ClickException(file_error(error)) from error
