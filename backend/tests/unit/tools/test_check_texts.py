"""`tools/check_texts.py` finds an avoided word in every kind of text for people, and nothing in plain English."""

import pytest
from tools import check_texts

PYTHON = '''
"""Nobody reads this module sentence on a screen."""

TEXT = "Nobody can write here."
log.warning("nobody is told: %s", TEXT)

@click.command()
def close(name):
    """Whoever runs it closes an account."""
    return f"{name} hears a letter, and goes on."

def helper():
    """Whoever calls it."""
'''


def test_no_text_for_people_uses_an_avoided_word() -> None:
    assert check_texts.findings() == []


@pytest.mark.parametrize("word", ["letter", "nobody", "any more", "go on", "unwanted mail", "by themselves"])
def test_the_table_lists(word: str) -> None:
    assert word in check_texts.words(check_texts.TABLE.read_text("utf-8"))


def test_sentences_and_the_help_of_commands_are_read_and_nothing_for_developers() -> None:
    found = [used for text in check_texts.python_texts(PYTHON) for used in check_texts.used(text, AVOIDED)]
    assert sorted(found) == ["goes on", "letter", "nobody", "whoever"]


def test_strings_of_the_sites_are_read_and_no_comment() -> None:
    source = '// Nobody.\nconst en = { a: "Nobody is here.", b: (n: number) => `${n} letters go on`, goes: "nobody" };'
    found = [check_texts.used(text, AVOIDED) for text in check_texts.script_texts(source)]
    assert [words for words in found if words] == [["nobody"], ["letters", "go on"]]


@pytest.mark.parametrize(
    "text", ["{{ letter }} is here", "<ol class='letters'> one two", "No one can add e-mails.", "letter"]
)
def test_names_in_templates_and_plain_words_are_no_fault(text: str) -> None:
    assert check_texts.used(text, AVOIDED) == []


def test_each_kind_of_text_is_read() -> None:
    kinds = {path.rpartition(".")[2] for path, _ in check_texts.texts()}
    assert kinds == {"py", "ts", "txt", "html"}
    read = {text for _, text in check_texts.texts()}
    assert "Enter your name." in read
    assert "Too many tries. Wait {}, then try again." in read


AVOIDED = ["letter", "letters", "nobody", "whoever", "go on", "goes on"]
