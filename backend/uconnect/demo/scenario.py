"""A few days at the demo university: what was asked, answered, given away, noted and ended before the first page."""

from uconnect.demo.actors import Actors

COMPUTING, LAW, LIBRARY, HOUSING = "School of Computing", "School of Law", "University Library", "Student Housing"
WANDA, BO, INGRID, AMIRA = "Wanda Okafor", "Bo Lindqvist", "Ingrid Sørensen", "Amira Haddad"
UMA, TOMAS, NOOR, ADA = "Uma Petrov", "Tomás Rivera", "Noor Rahman", "Ada Nyström"

BOOK, LAPTOP = "A book that is never on its shelf", "Which laptop for the first year"
CS301, RETAKE, GRADE = "Cannot register for CS-301", "Retaking CS-210 in August", "A grade that is missing"
TRANSCRIPT, JOURNAL = "Transcript for an exchange", "The journal archive does not let me in"
DEPOSIT, KEY, ROOM = "My deposit has not come back", "Key card for the lab", "Joint seminar room"

DAY = 24 * 60  # minutes


def play(town: Actors) -> None:
    """All of it. It begins three days before the town's clock stands, and ends a few minutes before that."""
    town.ago(3 * DAY)
    _say_who_they_are(town)
    _three_days_ago(town)
    town.ago(2 * DAY)
    _the_day_after(town)
    town.ago(1 * DAY)
    _yesterday(town)
    town.ago(125)
    _today(town)


def _say_who_they_are(town: Actors) -> None:
    week = (1, 2, 3, 4, 5)
    town.present(COMPUTING, "Courses, registration, labs and theses of the computing programmes.", week, 9, 16)
    town.present(LAW, "Everything about studying law, exchanges and moot courts.", week[:4], 10, 15)
    town.present(LIBRARY, "Loans, reading rooms, journals, and how to find what is not here.", (*week, 6), 8, 20)
    town.present(HOUSING, "Rooms, keys, deposits and repairs in the student houses.", week[:3], 9, 12)
    town.automate(LIBRARY)


def _three_days_ago(town: Actors) -> None:
    town.raise_(
        UMA,
        LIBRARY,
        BOOK,
        "The catalogue says that “Practical Algebra” is in, on shelf 512.4. It never is. Where is it?",
    )
    town.give(LIBRARY, BOOK, INGRID)
    town.later(22)
    town.say(INGRID, BOOK, "On a trolley, we are sorry. It lies at the desk for you, under your name.")
    town.later(40)
    town.say(UMA, BOOK, "Found it, thank you.")
    town.end(UMA, BOOK)
    town.raise_(ADA, COMPUTING, LAPTOP, "Is there anything a laptop for the first year must be able to do?")
    town.later(35)
    town.say(
        COMPUTING,
        LAPTOP,
        "No more than run a browser and an editor: what is heavy runs on our machines. 8 GB of memory are plenty.",
    )
    town.later(200)


def _the_day_after(town: Actors) -> None:
    town.say(ADA, LAPTOP, "Then I keep the one I have. Thank you.")
    town.end(ADA, LAPTOP)
    town.raise_(TOMAS, LAW, TRANSCRIPT, "Who signs a transcript for a term abroad, and how long does it take?")
    town.later(50)
    town.say(LAW, TRANSCRIPT, "The registrar does. We send it on for you; it takes two days.")
    town.later(12)
    town.say(TOMAS, TRANSCRIPT, "Wonderful. Can it be in English?")
    town.later(30)
    town.say(LAW, TRANSCRIPT, "It always is in both languages.")
    town.read(TOMAS, TRANSCRIPT)
    town.raise_(
        NOOR, COMPUTING, RETAKE, "I missed the exam of CS-210 with a fever. Can I retake it in August, or must I wait?"
    )
    town.later(15)
    town.give(COMPUTING, RETAKE, BO)
    town.note(COMPUTING, RETAKE, "Please look up whether a certificate has come in.")
    town.later(45)
    town.say(BO, RETAKE, "You can, if the doctor's certificate reaches us this week. Have you sent it?")
    town.note(BO, RETAKE, "None so far. I have asked for it.")
    town.later(48)


def _yesterday(town: Actors) -> None:
    town.say(NOOR, RETAKE, "Not yet. I will bring it tomorrow.")
    town.raise_(NOOR, HOUSING, DEPOSIT, "I moved out of room 14 six weeks ago, and the deposit has not come back.")
    town.later(20)
    town.raise_(
        LAW,
        COMPUTING,
        ROOM,
        "Is the large room free on Thursdays from ten? We would share a seminar on data and the law.",
    )
    town.later(70)
    town.say(COMPUTING, ROOM, "It is, from next week on. Shall we book it for both of us?")
    town.raise_(ADA, LIBRARY, JOURNAL, "From home it asks for a password that I do not have. In the library it works.")
    town.give(LIBRARY, JOURNAL, INGRID)
    town.later(15)
    town.say(
        INGRID,
        JOURNAL,
        "From outside you come in with your university account: choose “Sign in through your institution”.",
        "If it does not list us, tell us which journal it is.",
    )
    town.later(45)


def _today(town: Actors) -> None:
    town.raise_(UMA, COMPUTING, CS301, "The page says the course is full, but it is not.")
    town.later(6)
    town.give(COMPUTING, CS301, WANDA)
    town.later(9)
    town.say(WANDA, CS301, "Thank you for telling us.", "Which page do you see it on, and when did you try?")
    town.read(UMA, CS301)
    town.later(11)
    town.say(UMA, CS301, "On my enrolment page, this morning.")
    town.later(30)
    town.raise_(NOOR, COMPUTING, KEY, "My card has opened the lab until Friday; now it only blinks. Who can mend that?")
    town.later(25)
    town.give(COMPUTING, KEY, WANDA)
    town.later(38)
    town.raise_(TOMAS, COMPUTING, GRADE, "My grade for databases is not in the record. The exam was in June.")
    town.read(COMPUTING, ROOM, RETAKE)
