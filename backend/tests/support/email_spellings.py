"""The spellings of one e-mail address that people, browsers and input methods bring."""

import unicodedata

from hypothesis import strategies as st


def wide(text: str) -> str:
    """In full-width letters, as an input method for Chinese or Japanese types them."""
    return "".join(chr(ord(it) + 0xFEE0) if "!" <= it <= "~" else it for it in text)


LOCAL, LABELS = "zoë.ng", ("bücher", "example")
NORMAL = "zoë.ng@bücher.example"
A_LABEL = "xn--bcher-kva"
ODD = (
    "ZOË.NG@BÜCHER.EXAMPLE",
    "zoë.ng@xn--bcher-kva.example",  # as a form field of type=email posts it
    "Zoe\u0308.Ng@XN--BCHER-KVA.example",
    wide(NORMAL),
    "zoë.ng@bu\u0308cher\u3002example.",
    "\u202a zoë.ng@bücher.example\u202c",
)
DOTS, SIGNS, PASTED = (".", "\uff0e", "\u3002", "\uff61"), ("@", "\uff20"), ("", " ", "\u200b", "\ufeff", "\t")


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Any spelling of NORMAL."""
    local = _written(draw, LOCAL)
    label = draw(st.sampled_from([LABELS[0], A_LABEL]))
    written = label.upper() if draw(st.booleans()) else label
    domain = written if label == A_LABEL else _written(draw, label)
    dot, sign, pasted = (draw(st.sampled_from(it)) for it in (DOTS, SIGNS, PASTED))
    last = draw(st.sampled_from(("", dot)))
    return f"{pasted}{local}{sign}{domain}{dot}{_written(draw, LABELS[1])}{last}{pasted}"


def _written(draw: st.DrawFn, text: str) -> str:
    cased = "".join(it.upper() if draw(st.booleans()) else it for it in text)
    composed = unicodedata.normalize(draw(st.sampled_from(["NFC", "NFD"])), cased)
    return wide(composed) if draw(st.booleans()) else composed
