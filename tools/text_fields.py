"""Makes the sites' table of texts from the backend's: `python -m tools.text_fields`."""

import sys

import msgspec

from uconnect.domain import text_fields
from uconnect.domain.text_fields import TEXT_FIELDS, Ranges, TextField, TextRule

ON_SITES = {TextRule.CLEANED, TextRule.ADDRESS}  # the others are typed on pages of the issuer
HEAD = """// Made by `make generated` from the backend's table of texts (domain/text_fields.py): change that.

export interface TextField {
  /** Unicode code points, after cleaning. */
  readonly most: number;
  readonly manyLines: boolean;
  readonly required: boolean;
}

"""


def source() -> str:
    """text-fields.ts: the fields of the sites, and the classes of characters as parts of regular expressions."""
    fields = "".join(f"  {it.name}: {_field(it)},\n" for it in TEXT_FIELDS if it.rule in ON_SITES)
    classes = "".join(
        f"export const {name} = {_quoted(_class(value))};\n"
        for name, value in vars(text_fields).items()
        if name.isupper() and isinstance(value, tuple) and name not in {"TEXT_FIELDS", "TAGS_OF_FLAG"}
    )
    return (
        f"{HEAD}export const TEXT_FIELDS = {{\n{fields}}} as const satisfies Record<string, TextField>;\n\n"
        f"/** Ranges of characters, for classes of regular expressions with the flag `u`. */\n"
        f"{classes}"
        f"export const FLAG = {_quoted(_flag())};\n"
        f"export const STACKED = {text_fields.STACKED};\n"
    )


def _field(field: TextField) -> str:
    flags = (("manyLines", field.many_lines), ("required", field.required))
    return f"{{ most: {field.most}, {', '.join(f'{name}: {_quoted(value)}' for name, value in flags)} }}"


def _flag() -> str:
    tags = _class(text_fields.TAGS_OF_FLAG)
    return f"{_point(text_fields.BLACK_FLAG)}[{tags}]{{1,8}}{_point(text_fields.CANCEL_TAG)}"


def _class(ranges: Ranges) -> str:
    return "".join(_point(first) if first == last else f"{_point(first)}-{_point(last)}" for first, last in ranges)


def _point(point: int) -> str:
    return f"\\u{{{point:x}}}"


def _quoted(value: object) -> str:
    return msgspec.json.encode(value).decode()


if __name__ == "__main__":
    sys.stdout.write(source())
