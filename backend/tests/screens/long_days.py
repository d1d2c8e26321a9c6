"""A university where everything is long: names of one word, lists, a log, what a school says of itself."""

from tests.screens.busy_university import BusyUniversity, People
from uconnect.domain.request_bodies import OpeningHours

ONE_WORD = "Rechtswissenschaftlichewirtschaftsundsozialwissenschaftlichefakultaetsverwaltung"
LONG_WORKER = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswess"
LONG_USER = "Adolphblainecharlesdavidearlfrederickgeraldhubertirvinjohnkennethlloydmartinnero"
USERS = (LONG_USER, "Una Berg", "Ugo Conti", "Uli Daum")
LONG_LOG, ENDED = "L" * 120, "A thread that has ended"
LONG_LINE = "This line is long enough that a phone shows it in three or four lines, and a wide screen in one or two. "
WORD = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft" * 4
MESSAGES, THREADS = 300, 15  # of the log; of each of the others, of which they end all but three
PEOPLE = People(schools=(ONE_WORD, "School of Law"), joined=(LONG_WORKER,), invited=("Bo Lindqvist",), users=USERS)
ABOUT = "What a school says of itself can be as long as four hundred characters. " * 5


async def drag_on(university: BusyUniversity, now: int) -> None:
    """The last of it happened just now."""
    mornings = [OpeningHours(day=day, opens=9 * 60, closes=12 * 60) for day in range(1, 6)]
    await university.shows(ONE_WORD, ABOUT, mornings)
    await university.raise_(LONG_USER, ONE_WORD, ENDED, LONG_LINE)
    await university.end(LONG_USER, ENDED)
    for user in USERS[1:]:
        for number in range(THREADS):
            subject = f"{user.split()[0]} asks, {number}"
            await university.raise_(user, ONE_WORD, subject, LONG_LINE)
            if number < THREADS - 3:
                await university.end(user, subject)
    await university.raise_(LONG_USER, ONE_WORD, LONG_LOG, WORD)
    await university.offload(ONE_WORD, LONG_LOG, LONG_WORKER)
    university.time.now = now - MESSAGES * 1000
    for number in range(MESSAGES):
        await university.say(
            (LONG_USER, LONG_WORKER, ONE_WORD)[number % 3], LONG_LOG, f"{number + 1}. {LONG_LINE * (number % 4 + 1)}"
        )
        university.pass_(1000)
