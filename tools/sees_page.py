"""Writes docs/sees.md, which fact each party is shown, from the types of the views: `python -m tools.sees_page`."""

import sys
from collections.abc import Iterable, Mapping

from msgspec import Struct

from uconnect.domain.views import (
    common,
    directory,
    figures,
    pages,
    raiser,
    retention,
    saved_replies,
    school,
    school_acts,
    worker,
)

SEEN, HIDDEN = "yes", "no"
Shown = Mapping[str, type[Struct] | None]

# What each field of a view means. A field that is not explained here fails the test, and so does one that is gone.
FACTS = {
    "id": "an id for it, random and this viewer's own",
    "rev": "the revision of this viewer's own row",
    "school": "which school it was raised to",
    "owner": "who raised it",
    "kind": "whether a user or a school raised it",
    "worker": "which worker has it",
    "alias": "a name for the requester, for this worker and thread alone",
    "subject": "what it is about",
    "state": "whether it is open",
    "since": "when it was raised",
    "at": "when it was written, by the server's clock",
    "seq": "its place in the log",
    "theirs": "how many messages the other side wrote",
    "settled": "how many of them there were at the last answer",
    "turn_since": "since when its last message or messages wait for the other side",
    "last": "the last message's side and beginning",
    "asked_to_end": "whether its raiser is asked if it is settled, and has not answered",
    "hides": "whether its school hides words of it from whoever works on it",
    "asked_at": "when its raiser was last asked if it is settled",
    "side": "which side it is from",
    "text": "the text",
    "author": "whose hands wrote it",
    "mine": "whether its own hands wrote it",
    "key": "the key its own device gave it",
}
OF_MESSAGE = FACTS | {"kind": "whether it asks if the thread is settled, or answers that"}
SNOOZED = {
    "rev": "how often it changed",
    "until": "until when the thread is put off",
    "theirs": "how many messages the other side had written then",
}
HIDDEN_WORDS = {
    "rev": "the revision of the school's row",
    "words": "the words that are hidden",
    "most": "how many may be hidden",
}
NAMED = {
    "name": "the name",
    "email": "the e-mail address",
    "about": "a few lines about it",
    "hours": "its hours",
    "zone": "the clock of its hours",
    "picture": "its picture",
    "takes": "whether it can be raised to",
    "joined": "whether the invitation was accepted",
    "available": "whether its school's policy may give it threads",
    "reply_time": "how soon it usually answers, if that is known",
    "load": "how many open threads it has",
    "waiting": "how many of these wait for its answer",
    "kind": "what kind of party it is",
    "id": "an id for it",
}

INVITED = {"id": "an id for it, which only the invited address can accept", "school": "the name of the school"}

SAVED = {
    "id": "an id for it",
    "folder": "the folder it is shown under",
    "title": "its title",
    "text": "the text",
}

FIGURES = {
    "begins": "which week it is",
    "raised": "how many threads were raised to it, by hour and by day",
    "ended": "how many ended, by hour and by day",
    "replies": "how long the first answers of the week took, as counts",
    "settled": "how long it took until threads ended, as counts",
}

RETENTION = {
    "ends_after": "after how many days without a message a thread ends",
    "deleted_after": "how many days after its end a thread is deleted",
    "not_before": "from when on this holds",
}

INTRODUCTION = """# Who sees what

Made by `make generated` from the types of [`domain/views`](../backend/uconnect/domain/views). Everything that leaves
the server is built there, field by field; a field that no view names cannot leave. The **raiser** is a user or a
school; both are shown the same. The **worker** is the one who has the thread now. Nobody else learns that a thread
exists.
"""

ENDING = """A search shows each party its own threads, messages and notes, as far as they are listed above for it, and
of a text the part around a word.

Where a school hides words of a thread, the worker is shown one mask in place of each, in every text that the worker did
not write itself ([decision 0061](decisions/0061-a-school-hides-words-from-its-workers.md)).

Beside these, each party sees itself, and of the other side of a thread that someone there types and how far
they have read: of the side, never of a person.
"""

THREAD: Shown = {"the raiser": raiser.RaiserRow, "the school": school.SchoolRow, "the worker": worker.WorkerRow}
MESSAGE: Shown = {
    "the raiser": raiser.RaiserMessage,
    "the school": school.SchoolMessage,
    "the worker": worker.WorkerMessage,
}
END: Shown = dict.fromkeys(THREAD, common.Ended)
SNOOZE: Shown = {"who put it off": common.ShownSnooze, "everyone else at the thread": None}
NOTE: Shown = {"the raiser": None, "the school": school.SchoolNote, "the worker": worker.WorkerNote}
HIDES: Shown = {"the raiser": None, "the school": pages.HiddenWordsShown, "the worker": None}
HANDS: Shown = {"the raiser": None, "the school": school.SchoolAssignment, "the worker": None}
OWNER: Shown = {"the raiser": None, "the school": school.Person, "the worker": None}
SCHOOL: Shown = {
    "users": directory.DirectoryCard,
    "other schools": directory.DirectoryCard,
    "its own workers": directory.SchoolCard,
    "other workers": None,
}
INVITATION: Shown = {"whoever was sent its link": directory.Invitation, "everyone else": None}
WORKER: Shown = {"users": None, "other schools": None, "its own school": directory.WorkerCard, "its colleagues": None}

REPLY: Shown = {
    "users": None,
    "other schools": None,
    "its own school": saved_replies.SavedReplyCard,
    "its workers": saved_replies.SavedReplyCard,
}

ACTED = {
    "act": "what was done to the account or with its workers",
    "at": "when it was done",
    "by_operator": "whether an operator did it, and never which one",
    "worker": "the name of the worker it concerns, while they are one",
}
ACT: Shown = {
    "users": None,
    "other schools": None,
    "its own school": school_acts.ActCard,
    "its workers": None,
}
WEEK: Shown = {
    "users": None,
    "other schools": None,
    "its own school": figures.WeekCard,
    "its workers": None,
}

KEPT: Shown = dict.fromkeys(("users", "schools", "workers"), retention.RetentionShown)


def source() -> str:
    """The page."""
    return "\n".join(
        [
            INTRODUCTION,
            _table("Of a thread", FACTS, THREAD),
            _table("Of a message in it", OF_MESSAGE, MESSAGE),
            _table("Of its end", FACTS, END),
            _table("Of a snooze", SNOOZED, SNOOZE),
            _table("Of an internal note", FACTS, NOTE),
            _table("Of the words that a school hides", HIDDEN_WORDS, HIDES),
            _table("Of each change of hands", FACTS, HANDS),
            _table("Of who raised it", NAMED, OWNER),
            _table("Of a school", NAMED, SCHOOL),
            _table("Of a worker", NAMED, WORKER),
            _table("Of an invitation", INVITED, INVITATION),
            _table("Of a school's saved reply", SAVED, REPLY),
            _table("Of a week of a school's figures", FIGURES, WEEK),
            _table("Of an act in a school's account", ACTED, ACT),
            _table("Of how long threads are kept", RETENTION, KEPT),
            ENDING,
        ]
    )


def _table(title: str, words: Mapping[str, str], shown: Shown) -> str:
    fields = {party: view.__struct_fields__ if view else () for party, view in shown.items()}
    rows = [_row(words[fact], (fact in seen for seen in fields.values())) for fact in _in_order(fields.values())]
    return "\n".join([f"## {title}\n", f"| | {' | '.join(shown)} |", f"|---|{'---|' * len(shown)}", *rows, ""])


def _in_order(fields: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(fact for seen in fields for fact in seen))


def _row(fact: str, seen: Iterable[bool]) -> str:
    return f"| {fact} | {' | '.join(SEEN if it else HIDDEN for it in seen)} |"


if __name__ == "__main__":
    sys.stdout.write(source())
