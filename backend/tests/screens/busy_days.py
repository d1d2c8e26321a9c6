"""Three days at the university: what was asked, answered, given away and ended."""

from pathlib import Path

from tests.screens.busy_university import COMPUTING, DAY, INGRID, LAW, LIBRARY, NOOR, TOMAS, UMA, WANDA, BusyUniversity
from uconnect.domain.request_bodies import OpeningHours

MINUTE = 60_000
LOST_BOOK = "Book missing from its shelf"
CS301 = "Cannot register for CS-301"
CURRICULUM = "Old or new curriculum"
PICTURE = (Path(__file__).parent / "library.png").read_bytes()
PRINTING = "Printing from my own laptop"
TRANSCRIPT = "Transcript for an exchange"
LONG = (
    "I have read the regulations twice and still do not know which of the two applies to me, so here is all of it.\n\n"
    "I began the programme in the autumn of the year before last, under the old curriculum. In spring I was on leave"
    " for one term, which was approved. When I came back, the new curriculum had started. My study record shows the old"
    " one, the enrolment page shows the new one, and the course catalogue shows both, with different credits for the"
    " same course.\n\n"
    "1. CS-301 counts six credits in the old curriculum and five in the new one.\n"
    "2. CS-240 was mandatory and is now elective.\n"
    "3. The seminar has another number, and the page does not say that it is the same seminar.\n"
    "4. My thesis supervisor says to follow the record; the enrolment page does not let me.\n\n"
    "If I follow the record, I am one credit short this term and two the next. If I follow the page, I have too many,"
    " but in the wrong module. I would like to know which of the two is right before Friday, when enrolment closes.\n\n"
    "Thank you for looking at it."
)


async def live(university: BusyUniversity, now: int) -> None:
    """All of it, the last of it a few minutes ago."""
    await _faces(university)
    await _first_day(university)
    university.time.now = now - DAY
    await _second_day(university)
    university.time.now = now - 40 * MINUTE
    await _today(university)


async def _faces(university: BusyUniversity) -> None:
    mornings = [OpeningHours(day=day, opens=9 * 60, closes=12 * 60) for day in range(1, 6)]
    afternoons = [OpeningHours(day=day, opens=13 * 60, closes=16 * 60) for day in range(1, 5)]
    always = [OpeningHours(day=day, opens=8 * 60, closes=22 * 60) for day in range(1, 8)]
    await university.shows(COMPUTING, "Courses, enrolment and exams in computing.", mornings + afternoons)
    await university.shows(LAW, "Studying law, contracts and exchange.", mornings)
    await university.shows(LIBRARY, "Books, rooms and fines.", always, PICTURE)
    await university.leaves(INGRID)


async def _first_day(university: BusyUniversity) -> None:
    await university.raise_(UMA, LIBRARY, LOST_BOOK, "The catalogue says it is in. Where is it?")
    university.pass_(22 * MINUTE)
    await university.say(LIBRARY, LOST_BOOK, "On a trolley, we are sorry. It is at the desk for you.")
    university.pass_(3 * MINUTE)
    await university.say(UMA, LOST_BOOK, "Got it, thank you!")
    await university.end(UMA, LOST_BOOK)
    await university.raise_(
        UMA, COMPUTING, CS301, "The page says CS-301 is full, but the timetable still shows 12 free places."
    )
    university.pass_(5 * MINUTE)
    await university.note(COMPUTING, CS301, "The room plan says forty. Somebody typed thirty into the form.")
    await university.offload(COMPUTING, CS301, WANDA)
    university.pass_(9 * MINUTE)
    await university.say(WANDA, CS301, "Thanks for letting us know.")
    await university.say(WANDA, CS301, "Which page shows that message, and when did you try?")
    university.pass_(6 * MINUTE)
    await university.say(UMA, CS301, "On my enrolment page, this morning around nine.")
    await university.raise_(TOMAS, LAW, TRANSCRIPT, "Who signs a transcript for a term abroad?")
    await university.say(LAW, TRANSCRIPT, "The registrar does. We will send it on; it takes two days.")


async def _second_day(university: BusyUniversity) -> None:
    await university.say(WANDA, CS301, "I see it now: the limit was set to thirty, and it should be forty.")
    await university.note(WANDA, CS301, "Can one of you raise the limit? I am not allowed to.")
    university.pass_(2 * MINUTE)
    await university.say(COMPUTING, CS301, "It is changed. Please try once more and tell us.")
    for subject in ("Key card stopped working", PRINTING, "Which room is the tutorial in"):
        await university.raise_(NOOR, COMPUTING, subject, "Could you tell me how this works?")
        university.pass_(4 * MINUTE)
    await university.say(COMPUTING, "Key card stopped working", "Come by with your student card, any day before noon.")
    await university.offload(COMPUTING, PRINTING, INGRID)
    await university.say(INGRID, PRINTING, "Choose the queue named “students”; it asks for your name once.")
    await university.raise_(NOOR, LIBRARY, "A fine for a book I returned", "It was in the box on Friday evening.")
    await university.raise_(
        NOOR, LAW, "May I audit a lecture", "I study computing and would like to hear contract law."
    )
    await university.raise_(
        COMPUTING, LAW, "Licence for student projects", "Who owns what a student writes in a course?"
    )
    await university.say(LAW, "Licence for student projects", "The student does, unless a contract says otherwise.")


async def _today(university: BusyUniversity) -> None:
    await university.raise_(
        LAW, COMPUTING, "Joint seminar room", "Is the large seminar room free on Thursdays from 10?"
    )
    university.pass_(8 * MINUTE)
    await university.offload(COMPUTING, "Joint seminar room", WANDA)
    await university.raise_(TOMAS, COMPUTING, CURRICULUM, LONG)
    university.pass_(5 * MINUTE)
    await university.say(UMA, CS301, "It worked. I am in, and so is my friend.")
    await university.say(UMA, CS301, "One more thing: the waiting list still shows my name. Does that matter?")
    await university.reads(WANDA, CS301)
    await university.raise_(UMA, LAW, "Contract for a student job", "Must the contract be in my language?")
    university.pass_(7 * MINUTE)
    await university.say(LAW, "Contract for a student job", "It need not, but you may ask for a translation.")
