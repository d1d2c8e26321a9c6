"""One fixed history in which every rule is leaned on: what it allows is done, and what it forbids is tried."""

from tests.histories.reference_model import Talk
from tests.histories.replay import ADDRESSES, NOBODY, Play

STEP = 60_000  # ms between two acts: nobody is ever too fast


class Story:
    """Tells the history to a play, step by step; a rule that does not hold shows at its step."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.keys = 0

    def tell(self) -> None:
        self.people_come()
        self.everybody_tries_to_raise_to_everybody()
        self.a_thread_is_handed_around()
        self.nobody_else_ends_it()
        self.it_ends_and_is_deleted()
        self.five_and_no_more()
        self.a_worker_is_removed()
        self.a_worker_leaves()
        self.a_policy_gives_what_comes()
        self.accounts_end()

    def tell_of_ends(self) -> None:
        """The last two parts alone."""
        self.people_come()
        self.a_policy_gives_what_comes()
        self.accounts_end()

    def key(self) -> str:
        self.play.tick(STEP)
        self.keys += 1
        return f"key-of-the-story-{self.keys}"

    def people_come(self) -> None:
        """Both schools invite; nobody else can. The first school's places fill up."""
        play, (arts, law) = self.play, self.play.schools
        for address in ADDRESSES[:3]:
            play.invite(arts, address, self.key())
            play.join(address)
        for address in ADDRESSES[3:5]:
            play.invite(law, address, self.key())
            play.join(address)
        for address in ADDRESSES[5:]:
            play.invite(arts, address, self.key())
            for by in (arts, law, play.users[0], play.workers[0]):
                self.key()
                play.resend(by, address)
        play.resend(arts, ADDRESSES[0])  # who has come
        play.run_jobs()
        for by in (play.users[0], play.workers[0]):
            play.invite(by, ADDRESSES[7], self.key())
        play.join(ADDRESSES[7])  # the sixth, who was refused

    def everybody_tries_to_raise_to_everybody(self) -> None:
        play = self.play
        for by in (*play.users[:2], *play.schools, *play.workers[:4]):
            for to in (*play.users[:2], *play.workers[:4], NOBODY, *play.schools):
                if len(play.rules.open_threads_of(by)) < 2:
                    play.raise_(by, to, self.key())

    def a_thread_is_handed_around(self) -> None:
        play, talk = self.play, self.talk("user")
        staff = [it for it in play.workers if play.rules.people[it].school == talk.school]
        for worker in [*play.workers, NOBODY, talk.raiser, talk.school]:
            for by in (talk.raiser, play.workers[0], *play.schools):
                play.offload(by, talk, worker)
            self.everybody_writes(talk)
        for worker in staff[:2]:
            play.offload(talk.school, talk, worker)
            for by in (talk.raiser, *play.workers):
                play.hand_back(by, talk)
            play.offload(talk.school, talk, worker)
            for by in (talk.raiser, worker, *play.schools):
                play.take_back(by, talk)
        play.offload(talk.school, talk, staff[0])

    def everybody_writes(self, talk: Talk) -> None:
        self.write(talk, *self.play.parties)

    def its_hands_write(self, talk: Talk) -> None:
        self.write(talk, talk.raiser, talk.school, *sorted(talk.handlers))

    def write(self, talk: Talk, *parties: str) -> None:
        play = self.play
        for by in parties:
            key = self.key()
            play.type(by, talk)
            play.type(by, talk)
            play.send(by, talk, key, f"From {len(key)}")
            play.send(by, talk, key, "Again")
            play.see(by, talk, len(talk.entries), 1)
            play.note(by, talk, key, f"Beside {len(key)}")

    def nobody_else_ends_it(self) -> None:
        play = self.play
        for talk in (self.talk("user"), self.talk("school")):
            for by in play.parties:
                play.delete(by, talk)
                if by != talk.raiser:
                    play.terminate(by, talk)

    def it_ends_and_is_deleted(self) -> None:
        play, talk = self.play, self.talk("user")
        play.terminate(talk.raiser, talk)
        play.terminate(talk.raiser, talk)
        self.everybody_writes(talk)
        for worker in play.workers:
            play.offload(talk.school, talk, worker)
        for by in play.parties:
            if by != talk.raiser:
                play.delete(by, talk)
        for _ in range(2):
            play.delete(talk.raiser, talk)
            play.run_jobs()
        self.everybody_writes(talk)

    def five_and_no_more(self) -> None:
        play = self.play
        for by, to in ((play.users[1], play.schools[0]), (play.schools[1], play.schools[0])):
            for _ in range(6):
                play.raise_(by, to, self.key())
            ended = play.rules.open_threads_of(by)[0]
            play.terminate(by, ended)
            for _ in range(2):
                play.raise_(by, to, self.key())

    def a_worker_is_removed(self) -> None:
        play = self.play
        arts, law = play.schools
        talk = next(it for it in play.rules.open_threads_of(play.users[1]) if it.school == arts)
        mine = next(it for it in play.workers if play.rules.people[it].school == arts)
        play.offload(arts, talk, mine)
        for by in (law, play.users[0], mine, play.workers[-1]):
            play.remove(by, mine)
        play.remove(law, arts)
        play.remove(arts, mine)
        play.remove(arts, mine)
        self.everybody_writes(talk)
        play.raise_(mine, law, self.key())
        play.hand_back(mine, talk)
        play.terminate(mine, talk)
        play.run_jobs()
        play.offload(arts, talk, mine)
        self.everybody_writes(talk)
        play.invite(arts, play.addresses[mine], self.key())
        play.join(play.addresses[mine])
        play.offload(arts, talk, play.workers[-1])
        self.everybody_writes(talk)

    def a_worker_leaves(self) -> None:
        """Only before its first answer: who has a thread and has written nothing goes, and the thread returns."""
        play, arts = self.play, self.play.schools[0]
        play.join(ADDRESSES[5])
        new = play.workers[-1]
        talk = next(it for it in play.rules.open_threads_at(arts) if it.open)
        play.offload(arts, talk, new)
        play.note(new, talk, self.key(), "Beside it")
        for _ in range(2):
            play.close(new)
        play.run_jobs()
        self.everybody_writes(talk)
        play.invite(arts, ADDRESSES[5], self.key())

    def a_policy_gives_what_comes(self) -> None:
        """To whoever is available and has the fewest; what a hand has touched before stays as it is."""
        play, (arts, law) = self.play, self.play.schools
        staff = [it for it in play.workers if play.rules.people[it].school == arts and play.rules.people[it].here]
        for by in (play.users[2], play.workers[-1], arts):
            play.choose(by, "automatic")
        for by in (play.users[2], arts, staff[0]):
            play.switch(by, False)
        for step in range(5):
            play.raise_(play.users[2], arts, self.key())
            talk = play.rules.talks[-1]
            if step == 1:
                play.offload(arts, talk, staff[1])
                play.take_back(arts, talk)
            if step == 3:
                play.switch(staff[0], True)
            if step == 4:
                for other in [it for it in play.rules.open_threads_at(arts) if it.open][:3]:
                    play.offload(arts, other, staff[0])
            play.run_jobs()
            self.its_hands_write(talk)
        for text in ("Once", "Again"):
            play.note(arts, play.rules.talks[-1], "key-of-one-note-", text)
        play.choose(arts, "by_hand")
        play.raise_(law, arts, self.key())
        play.run_jobs()

    def accounts_end(self) -> None:
        """A user's who has threads at workers, two that the operator ends, and a school's that is asked until then."""
        play, (arts, law) = self.play, self.play.schools
        owner = play.users[2]
        staff = [it for it in play.workers if play.rules.people[it].school == arts and play.rules.people[it].here]
        talks = play.rules.open_threads_of(owner)
        for talk, worker in zip(talks[1:4], [staff[0], staff[0], staff[1]], strict=True):
            play.offload(arts, talk, worker)
        for by in (staff[0], arts, owner, owner):
            play.close(by)
        play.come_again(owner)
        self.its_hands_write(talks[1])
        play.hand_back(staff[1], talks[3])
        play.run_jobs()
        self.its_hands_write(talks[1])
        play.send(arts, talks[0], self.key(), "Is anybody there?")
        play.come_again(owner)
        play.raise_(play.users[-1], law, self.key())
        for _ in range(7):
            play.tick(3_600_000)
            play.run_jobs()
            play.send(staff[0], talks[1], self.key(), "Still there?")
        for _ in range(2):
            play.operator_closes(law)
            play.operator_closes(play.users[-1])
        play.raise_(play.users[0], law, self.key())
        play.run_jobs()
        self.its_hands_write(play.rules.talks[-1])
        for talk in [it for it in play.rules.open_threads_at(arts) if it.open and not play.rules.stranger(it.raiser)]:
            play.terminate(talk.raiser, talk)
        play.close(arts)
        play.raise_(play.users[0], arts, self.key())
        play.run_jobs()
        play.come_again(arts)

    def talk(self, kind: str) -> Talk:
        """The first open thread that somebody of this kind raised."""
        people = self.play.rules.people
        return next(it for it in self.play.rules.talks if it.open and people[it.raiser].kind == kind)
