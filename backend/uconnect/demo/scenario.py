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
}  # has not joined yet: her invitation can be tried

PROFILES = (  # what each school says of itself: on which days of the week it is open, and from which hour to which
    ("COMPUTING", "Courses, registration, labs and theses in the computing programmes.", (1, 2, 3, 4, 5), 9, 16),
    ("LAW", "Studying law, exchanges abroad and moot courts.", (1, 2, 3, 4), 10, 15),
    ("LIBRARY", "Loans, reading rooms, journals and interlibrary loans.", (1, 2, 3, 4, 5, 6), 8, 20),
    ("HOUSING", "Rooms, keys, deposits and repairs in the student residences.", (1, 2, 3), 9, 12),
)
SAVED_REPLIES = (  # which school saved it, in which folder, its title and its text
    ("COMPUTING", "", "Opening hours", "{school} is open from Monday to Friday, from 9:00 to 16:00."),
    (
        "COMPUTING",
        "Exams",
        "Certificate is missing",
        "Please bring us your medical certificate within three days of the\
 exam. Until then we keep your place in the next one.",
    ),
    ("COMPUTING", "Exams", "Retake", "You can retake the exam in August. Registration opens four weeks before it."),
    (
        "COMPUTING",
        "Labs",
        "Key card",
        "Please bring your card to the lab office. We can activate it again while you\
 wait.",
    ),
    ("LIBRARY", "", "Off campus", "Choose “Sign in through your institution” and use your university account."),
)
AUTOMATIC = "LIBRARY"  # the school whose policy gives its threads to workers

# A thread is its subject, then its events: minutes before now, who, verb, whom, and the text after a colon.
THREADS = """
Book missing from its shelf
4320 UMA asks LIBRARY: Hi, the catalogue says “Practical Algebra” is on shelf 512.4, but I've looked three times and\
 it's never there. Where could it be?
4320 LIBRARY gives INGRID
4298 INGRID says: Sorry about that. It was still on the returns trolley. I've put it aside for you at the front desk.
4258 UMA says: Got it, thank you!
4258 UMA ends

Which laptop for the first year
4258 ADA asks COMPUTING: Hello, I start in September. Does my laptop need anything special for the first year?
4223 COMPUTING says: Hi Ada, anything that runs a browser and a code editor is fine. Larger jobs run on our\
 lab servers. 8 GB of memory is enough.
2880 ADA says: Great, then I'll keep the one I have. Thanks!
2880 ADA ends

Transcript for an exchange
2880 TOMAS asks LAW: I'm applying for a semester abroad and need a signed transcript. Who signs it,\
 and how long does it take?
2830 LAW says: The registrar signs it. We'll forward your request, and it usually takes two working days.
2818 TOMAS says: Perfect. Can I get it in English?
2788 LAW says: Yes, transcripts are always issued in both languages.
2788 TOMAS reads

Retaking CS-210 in August
2788 NOOR asks COMPUTING: I missed the CS-210 exam because I was ill. Can I retake it in August,\
 or do I have to wait until next year?
2773 COMPUTING gives BO
2773 COMPUTING notes: Please check if we have received a medical certificate.
2728 BO says: Yes, you can take it in August if we get your medical certificate this week. Have you sent it yet?
2728 BO notes: Nothing yet. I've asked for it.
1440 NOOR says: Not yet, I'll bring it tomorrow.
6 COMPUTING reads

Deposit not paid back
1440 NOOR asks HOUSING: I moved out of room 14 six weeks ago and still haven't got my deposit back.\
 When will it be paid?

Joint seminar room
1420 LAW asks COMPUTING: Is the large seminar room free on Thursdays from 10? We'd like to run a joint seminar\
 on data and the law.
1350 COMPUTING says: Yes, from next week. Shall we book it for both schools?
6 COMPUTING reads

No access to the journal archive
1350 ADA asks LIBRARY: At home the journal archive asks for a password I don't have.\
 It works fine on the library computers.
1350 LIBRARY gives INGRID
1335 INGRID says: Off campus, choose “Sign in through your institution” and use your university account.
1335 INGRID says: If our university isn't on the list, tell us which journal you need.

Cannot register for CS-301
125 UMA asks COMPUTING: The page says CS-301 is full, but the timetable still shows 12 free places.
119 COMPUTING gives WANDA
110 WANDA says: Thanks for letting us know.
110 WANDA says: Which page shows that message, and when did you try?
110 UMA reads
99 UMA says: My enrolment page, this morning around 9.

Key card stopped working
69 NOOR asks COMPUTING: My key card worked until Friday. Now the reader at the lab just blinks red. Who can fix it?
44 COMPUTING gives WANDA

Missing grade
6 TOMAS asks COMPUTING: My grade for Databases isn't in my transcript yet. I took the exam in June.
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
