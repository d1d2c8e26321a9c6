"""The demo university as data: who its people are, and what happened in each thread before the first page is opened."""

import re
from typing import NamedTuple

from uconnect.domain.enums import Kind


class DemoParty(NamedTuple):
    """A party of the demo. `school` is the key of a worker's school."""

    kind: Kind
    name: str
    school: str = ""


class Event(NamedTuple):
    """Something that one person does in one thread, so many minutes before the demo is loaded."""

    minutes: int
    who: str
    verb: str
    whom: str
    text: str
    subject: str


PEOPLE = {  # by a key, which is the name in the e-mail address too; they come in this order
    "COMPUTING": DemoParty(Kind.SCHOOL, "School of Computing"),
    "LAW": DemoParty(Kind.SCHOOL, "School of Law"),
    "LIBRARY": DemoParty(Kind.SCHOOL, "University Library"),
    "HOUSING": DemoParty(Kind.SCHOOL, "Student Housing"),
    "WANDA": DemoParty(Kind.WORKER, "Wanda Okafor", "COMPUTING"),
    "BO": DemoParty(Kind.WORKER, "Bo Lindqvist", "COMPUTING"),
    "INGRID": DemoParty(Kind.WORKER, "Ingrid Sørensen", "LIBRARY"),
    "UMA": DemoParty(Kind.USER, "Uma Petrov"),
    "TOMAS": DemoParty(Kind.USER, "Tomás Rivera"),
    "NOOR": DemoParty(Kind.USER, "Noor Rahman"),
    "ADA": DemoParty(Kind.USER, "Ada Nyström"),
}
INVITED = {
    "AMIRA": DemoParty(Kind.WORKER, "Amira Haddad", "COMPUTING")
}  # has not come yet: her letter lies here to be tried

PROFILES = (  # what each school says of itself: on which days of the week it is open, and from which hour to which
    ("COMPUTING", "Courses, registration, labs and theses of the computing programmes.", (1, 2, 3, 4, 5), 9, 16),
    ("LAW", "Everything about studying law, exchanges and moot courts.", (1, 2, 3, 4), 10, 15),
    ("LIBRARY", "Loans, reading rooms, journals, and how to find what is not here.", (1, 2, 3, 4, 5, 6), 8, 20),
    ("HOUSING", "Rooms, keys, deposits and repairs in the student houses.", (1, 2, 3), 9, 12),
)
AUTOMATIC = "LIBRARY"  # the school whose policy gives its threads to workers

# A thread is its subject, then its events: minutes before now, who, verb, whom, and the text after a colon.
THREADS = """
A book that is never on its shelf
4320 UMA asks LIBRARY: The catalogue says that “Practical Algebra” is in, on shelf 512.4. It never is. Where is it?
4320 LIBRARY gives INGRID
4298 INGRID says: On a trolley, we are sorry. It lies at the desk for you, under your name.
4258 UMA says: Found it, thank you.
4258 UMA ends

Which laptop for the first year
4258 ADA asks COMPUTING: Is there anything a laptop for the first year must be able to do?
4223 COMPUTING says: No more than run a browser and an editor: what is heavy runs on our machines. 8 GB of memory are\
 plenty.
2880 ADA says: Then I keep the one I have. Thank you.
2880 ADA ends

Transcript for an exchange
2880 TOMAS asks LAW: Who signs a transcript for a term abroad, and how long does it take?
2830 LAW says: The registrar does. We send it on for you; it takes two days.
2818 TOMAS says: Wonderful. Can it be in English?
2788 LAW says: It always is in both languages.
2788 TOMAS reads

Retaking CS-210 in August
2788 NOOR asks COMPUTING: I missed the exam of CS-210 with a fever. Can I retake it in August, or must I wait?
2773 COMPUTING gives BO
2773 COMPUTING notes: Please look up whether a certificate has come in.
2728 BO says: You can, if the doctor's certificate reaches us this week. Have you sent it?
2728 BO notes: None so far. I have asked for it.
1440 NOOR says: Not yet. I will bring it tomorrow.
6 COMPUTING reads

My deposit has not come back
1440 NOOR asks HOUSING: I moved out of room 14 six weeks ago, and the deposit has not come back.

Joint seminar room
1420 LAW asks COMPUTING: Is the large room free on Thursdays from ten? We would share a seminar on data and the law.
1350 COMPUTING says: It is, from next week on. Shall we book it for both of us?
6 COMPUTING reads

The journal archive does not let me in
1350 ADA asks LIBRARY: From home it asks for a password that I do not have. In the library it works.
1350 LIBRARY gives INGRID
1335 INGRID says: From outside you come in with your university account: choose “Sign in through your institution”.
1335 INGRID says: If it does not list us, tell us which journal it is.

Cannot register for CS-301
125 UMA asks COMPUTING: The page says the course is full, but it is not.
119 COMPUTING gives WANDA
110 WANDA says: Thank you for telling us.
110 WANDA says: Which page do you see it on, and when did you try?
110 UMA reads
99 UMA says: On my enrolment page, this morning.

Key card for the lab
69 NOOR asks COMPUTING: My card has opened the lab until Friday; now it only blinks. Who can mend that?
44 COMPUTING gives WANDA

A grade that is missing
6 TOMAS asks COMPUTING: My grade for databases is not in the record. The exam was in June.
"""
EVENT = re.compile(r"^(\d+) (\w+) (\w+) ?(\w*)(?:: (.*))?$", re.MULTILINE)


def history() -> list[Event]:
    """All that happened, the earliest first."""
    found: list[Event] = []
    for thread in THREADS.strip().split("\n\n"):
        subject, _, lines = thread.partition("\n")
        found += [Event(int(it[1]), it[2], it[3], it[4], it[5] or "", subject) for it in EVENT.finditer(lines)]
    return sorted(found, key=lambda event: -event.minutes)


def email(key: str) -> str:
    return f"{key.lower()}@demo.example"
