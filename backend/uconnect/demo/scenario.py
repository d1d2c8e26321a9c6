"""The scenario of the demo university: what is asked, answered, offloaded, noted and terminated before the first
visit.
"""

from uconnect.demo.actors import Actors

COMPUTING, LAW, LIBRARY, HOUSING = "School of Computing", "School of Law", "University Library", "Student Housing"
WANDA, BO, INGRID, AMIRA = "Wanda Okafor", "Bo Lindqvist", "Ingrid Sørensen", "Amira Haddad"
UMA, TOMAS, NOOR, ADA = "Uma Petrov", "Tomás Rivera", "Noor Rahman", "Ada Nyström"

LOST_BOOK, LAPTOP = "A book that is never on its shelf", "Which laptop for the first year"
CS301, RETAKE, GRADE = "Cannot register for CS-301", "Retaking CS-210 in August", "A grade that is missing"
TRANSCRIPT, JOURNAL = "Transcript for an exchange", "The journal archive does not let me in"
DEPOSIT, KEY, ROOM = "My deposit has not come back", "Key card for the lab", "Joint seminar room"

DAY = 24 * 60  # minutes


def play(university: Actors) -> None:
    """All of it. It begins three days before the demo's clock stands, and ends a few minutes before that."""
    university.ago(3 * DAY)
    _say_who_they_are(university)
    _three_days_ago(university)
    university.ago(2 * DAY)
    _the_day_after(university)
    university.ago(1 * DAY)
    _yesterday(university)
    university.ago(125)
    _today(university)


def _say_who_they_are(university: Actors) -> None:
    week = (1, 2, 3, 4, 5)
    university.present(COMPUTING, "Courses, registration, labs and theses of the computing programmes.", week, 9, 16)
    university.present(LAW, "Everything about studying law, exchanges and moot courts.", week[:4], 10, 15)
    university.present(LIBRARY, "Loans, reading rooms, journals, and how to find what is not here.", (*week, 6), 8, 20)
    university.present(HOUSING, "Rooms, keys, deposits and repairs in the student houses.", week[:3], 9, 12)
    university.automate(LIBRARY)


def _three_days_ago(university: Actors) -> None:
    university.raise_(
        UMA,
        LIBRARY,
        LOST_BOOK,
        "The catalogue says that “Practical Algebra” is in, on shelf 512.4. It never is. Where is it?",
    )
    university.offload(LIBRARY, LOST_BOOK, INGRID)
    university.later(22)
    university.send(INGRID, LOST_BOOK, "On a trolley, we are sorry. It lies at the desk for you, under your name.")
    university.later(40)
    university.send(UMA, LOST_BOOK, "Found it, thank you.")
    university.end(UMA, LOST_BOOK)
    university.raise_(ADA, COMPUTING, LAPTOP, "Is there anything a laptop for the first year must be able to do?")
    university.later(35)
    university.send(
        COMPUTING,
        LAPTOP,
        "No more than run a browser and an editor: what is heavy runs on our machines. 8 GB of memory are plenty.",
    )
    university.later(200)


def _the_day_after(university: Actors) -> None:
    university.send(ADA, LAPTOP, "Then I keep the one I have. Thank you.")
    university.end(ADA, LAPTOP)
    university.raise_(TOMAS, LAW, TRANSCRIPT, "Who signs a transcript for a term abroad, and how long does it take?")
    university.later(50)
    university.send(LAW, TRANSCRIPT, "The registrar does. We send it on for you; it takes two days.")
    university.later(12)
    university.send(TOMAS, TRANSCRIPT, "Wonderful. Can it be in English?")
    university.later(30)
    university.send(LAW, TRANSCRIPT, "It always is in both languages.")
    university.read(TOMAS, TRANSCRIPT)
    university.raise_(
        NOOR, COMPUTING, RETAKE, "I missed the exam of CS-210 with a fever. Can I retake it in August, or must I wait?"
    )
    university.later(15)
    university.offload(COMPUTING, RETAKE, BO)
    university.note(COMPUTING, RETAKE, "Please look up whether a certificate has come in.")
    university.later(45)
    university.send(BO, RETAKE, "You can, if the doctor's certificate reaches us this week. Have you sent it?")
    university.note(BO, RETAKE, "None so far. I have asked for it.")
    university.later(48)


def _yesterday(university: Actors) -> None:
    university.send(NOOR, RETAKE, "Not yet. I will bring it tomorrow.")
    university.raise_(
        NOOR, HOUSING, DEPOSIT, "I moved out of room 14 six weeks ago, and the deposit has not come back."
    )
    university.later(20)
    university.raise_(
        LAW,
        COMPUTING,
        ROOM,
        "Is the large room free on Thursdays from ten? We would share a seminar on data and the law.",
    )
    university.later(70)
    university.send(COMPUTING, ROOM, "It is, from next week on. Shall we book it for both of us?")
    university.raise_(
        ADA, LIBRARY, JOURNAL, "From home it asks for a password that I do not have. In the library it works."
    )
    university.offload(LIBRARY, JOURNAL, INGRID)
    university.later(15)
    university.send(
        INGRID,
        JOURNAL,
        "From outside you come in with your university account: choose “Sign in through your institution”.",
        "If it does not list us, tell us which journal it is.",
    )
    university.later(45)


def _today(university: Actors) -> None:
    university.raise_(UMA, COMPUTING, CS301, "The page says the course is full, but it is not.")
    university.later(6)
    university.offload(COMPUTING, CS301, WANDA)
    university.later(9)
    university.send(WANDA, CS301, "Thank you for telling us.", "Which page do you see it on, and when did you try?")
    university.read(UMA, CS301)
    university.later(11)
    university.send(UMA, CS301, "On my enrolment page, this morning.")
    university.later(30)
    university.raise_(
        NOOR, COMPUTING, KEY, "My card has opened the lab until Friday; now it only blinks. Who can mend that?"
    )
    university.later(25)
    university.offload(COMPUTING, KEY, WANDA)
    university.later(38)
    university.raise_(TOMAS, COMPUTING, GRADE, "My grade for databases is not in the record. The exam was in June.")
    university.read(COMPUTING, ROOM, RETAKE)
