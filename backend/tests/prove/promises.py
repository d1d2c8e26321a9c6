"""The promises: what each claims, the tests that carry it, and what they do not cover. No figure stands here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One promise. `tests` are below backend/tests; `gap` is not covered.

    `share` is its part of a proof's time: its seconds, in an hour on two cores. `more` are tests that are run after
    these by themselves, each with its own seconds. Not `full`: its tests are scenarios, and their number is the figure.
    """

    number: int
    claim: str
    evidence: str
    tests: tuple[str, ...]
    share: float = 20
    gap: str = ""
    full: bool = True
    more: tuple[tuple[str, float], ...] = ()

    @property
    def seconds(self) -> float:
        return self.share + sum(share for _, share in self.more)


ROWS = (
    Row(
        1,
        "An acknowledged message is kept, once",
        "Eight writers; the server is killed (-9) at random instants and started again; every ack is looked up; the"
        " disk takes no more, and takes it again",
        ("resilience/test_kept.py", "resilience/test_disk.py"),
        share=130,
        gap="The server alone",
    ),
    Row(
        2,
        "… also when the power goes",
        "A trace of system calls: an fdatasync of the log lies before every ack",
        ("resilience/test_power.py",),
        gap="What a disk makes of an fdatasync is the disk's; no power was cut",
    ),
    Row(
        3,
        "Sent twice, stored once",
        "Sends repeated late, out of order, in other words, after the end and after kills: one place each",
        ("resilience/test_twice.py",),
        share=80,
    ),
    Row(
        4,
        "One order, no gap, for everyone",
        "Both sides write while their sockets are cut at random bytes, the clock jumps by hours, or all come back at"
        " once; in the end all hold the same log, 1 to n",
        ("resilience/test_cut.py", "resilience/test_turned.py", "resilience/test_reconnecting.py"),
        share=45,
        gap="Sockets on one machine",
    ),
    Row(
        5,
        "The eleven rules hold in every history",
        "Random histories of every command, by anybody at anything, against a small model of the rules",
        (
            "histories/test_rules_hold.py",
            "histories/test_mutants.py",
            "histories/test_original.py",
            "histories/test_found.py",
        ),
        share=150,
        gap="The model was written by the same hands as the rules",
    ),
    Row(
        6,
        "… and in races",
        "Two to eight at once for the fifth place; an end against a send; two ends",
        ("resilience/test_races_faults.py", "contract/test_races_contract.py"),
        share=80,
    ),
    Row(
        7,
        "A live screen equals a fresh load",
        "After every step of the histories of promise 5, each party's screen, fed by frames, against a fresh load; the "
        "same steps taken by the sites' own code",
        ("histories/test_vectors.py",),
        share=60,
    ),
    Row(
        8,
        "Embedded and AWS behave alike",
        "One black-box suite that knows a base address and how to sign in",
        ("api",),
        share=200,
        full=False,
        gap="AWS is an emulator here",
    ),
    Row(
        9,
        "The raiser cannot tell who answers",
        "Twin worlds that differ in who answers alone, in the core, on running servers and on the sites: all that the"
        " raiser is sent, byte by byte, with headers, letters and how sockets close; all that its page shows and keeps",
        ("privacy/worlds",),
        share=295,
        more=(
            ("privacy/servers/test_twin_servers.py", 340),
            ("privacy/servers/test_planted_leaks_servers.py", 60),
            ("e2e/test_twins.py", 210),
        ),
        gap="On AWS by its store and deliveries, frames, answers and what the table is asked before them, not a running"
        " stack. A page's document, live state and the names of its parts are compared, not its pixels",
    ),
    Row(
        10,
        "The worker cannot tell who asks, of which kind, nor that two threads share an owner",
        "The same, with worlds that differ in the owner alone: all that the worker is sent and shown",
        (),
        gap="(the same)",
    ),
    Row(
        11,
        "Nor does our clock tell",
        "Send to frame, with the school and with a worker in turns, and the second of two acts of a blind party in two"
        " worlds: how well the best threshold tells them apart (AUC). The work in the way of each act, in pairs and"
        " triples of acts, counted in both stores: statements, requests, what is decoded, and what jobs do",
        ("resilience/test_clock.py",),
        share=50,
        more=(("privacy/clock/test_act_pairs.py", 40), ("privacy/clock/test_timed_pairs.py", 160)),
        gap="One machine, one core to each end; on AWS requests are counted, not timed; an observer of the network is"
        " not covered",
    ),
    Row(
        12,
        "Not yours is not there",
        "Every operation and every frame, by every kind, at what is its own, related, revoked, another's and absent",
        ("api/test_matrix.py", "api/test_frame_matrix.py"),
        share=80,
    ),
    Row(
        13,
        "No request breaks it",
        "Requests made from the API's own description, at a running server; mutated frames, read alone and at a live "
        "socket",
        (
            "unit/api/test_frames_http.py",
            "api/test_fuzz.py",
            "api/test_frames_api.py",
            "api/test_bad_calls.py",
        ),
        share=170,
    ),
    Row(
        14,
        "No foreign page opens a socket",
        "Foreign, null and missing origins; tickets replayed, late, stolen and swapped; tokens that are forged",
        (
            "api/test_sockets.py",
            "api/test_tokens.py",
            "api/test_time.py",
            "unit/domain/test_tickets.py",
            "unit/tokens/test_token_verification.py",
            "unit/tokens/test_token_forgeries.py",
            "resilience/test_authentication_faults.py",
        ),
        share=130,
    ),
    Row(
        15,
        "Revoked means now",
        "Sign-out, a worker removed, a thread taken back, handed back, deleted, an account closed: sockets, ids and"
        " tokens held from before, while others write",
        ("resilience/test_revoked_faults.py",),
        share=170,
        gap="The server alone; on AWS a sign-out closes the site's own socket and no other",
    ),
    Row(
        16,
        "A message is text",
        "Payloads as text, subject and name in a real browser under the content security policy",
        ("e2e/test_payloads.py",),
        share=60,
    ),
    Row(
        17,
        "One abuser slows nobody",
        "One writes a hundred times too fast, one floods a socket with every kind of frame, one never reads, one"
        " guesses passwords; without an account: pipelines, endless addresses, heads and bodies, slow ones, junk; each"
        " in turns with nobody on a half-loaded server: others' sends; queues, memory and guesses have an"
        " end, a lecture hall of 200 gets in at once, and what nobody uses is forgotten",
        (
            "resilience/test_abuse.py",
            "resilience/test_floods.py",
            "resilience/test_strangers_faults.py",
            "resilience/test_hall.py",
            "resilience/test_unused.py",
            "unit/oidc_provider/test_a_month_of_attacks.py",
            "unit/server/test_wire_protocol.py",
            "unit/server/test_http_protocol.py",
        ),
        share=160,
        more=(("resilience/test_half_loaded.py", 230),),
        gap="The abuser shares the machine's two cores with the server and with those who are timed",
    ),
    Row(
        18,
        "Logs, copies of the store and errors keep the blind",
        "All that the servers of promises 9 and 10 print, and all that their blind parties are sent, searched for the"
        " others' ids, names, addresses, texts, tickets and tokens; servers in trouble; the store's files, searched for"
        " secrets and for what was deleted",
        ("privacy/servers/test_logs.py", "privacy/servers/test_at_rest.py"),
        share=40,
        gap="The server alone; N counts bytes",
    ),
    Row(
        19,
        "One command, and upgrades keep data",
        "`make run` in a fresh clone by somebody whose home is empty; each earlier schema, filled, opened by today's",
        ("resilience/test_one_command.py", "resilience/test_schemas.py"),
        share=60,
        gap="Backup and restore come with the operating work; the caches of this machine's registries are warm",
    ),
    Row(
        20,
        "What a person typed is never lost, nor sent as another's, nor shown to another",
        "Drafts and pending acts of two accounts in three tabs, by the sites' own code: random reloads, sign-ins,"
        " sign-outs, cuts, lost and late answers, full storage, threads that end; and the same by hand in a browser",
        ("histories/test_typed.py",),
        share=120,
        more=(("e2e/test_drafts.py", 80),),
        gap="In the histories a small server stands for ours, and a page's own wiring is modelled; both are ours in the"
        " browser, in scenarios",
    ),
    Row(
        21,
        "The same in every browser",
        "The life of a thread, as its three live it, in Chromium, Firefox and WebKit, with a network that is lost while"
        " all write; who comes in and where the focus stays, at both widths",
        ("e2e/test_story_site.py",),
        share=105,
        more=(("e2e/test_focus.py", 40), ("e2e/test_invited.py", 20), ("e2e/test_strangers_site.py", 20)),
        gap="The engines as Debian has them: no Safari, no phone",
    ),
    Row(
        22,
        "Nothing a person waits for grows with what others stored",
        "The plan of each list, count and look-up is read, and its instructions are counted in a small and a large"
        " store; kept counts are compared with the threads after any acts",
        ("contract/test_query_plans.py", "contract/test_thread_counts.py"),
        share=15,
        gap="SQLite. `python -m bench.growth` measures times; on AWS a count reads a row for each open thread",
    ),
    Row(
        23,
        "An office's day adds up",
        "1,000 threads, a school and five workers, two of them in browsers: after each hour the inbox counts and orders"
        " as a small model of the day does, and the pages fit every window",
        ("e2e/test_office_day.py",),
        share=60,
        gap="The server alone; one day",
    ),
    Row(
        24,
        "All data can be taken along, and nobody sees a difference",
        "A university of 1,000 threads moves from a server to AWS and back to another server: each record is the same"
        " to the byte, and so is all that each party is shown; archives that are cut, damaged or made to harm are"
        " refused; an import that is killed leaves nothing, or continues",
        ("unit/exports",),
        share=120,
        gap="AWS is an emulator, where one of 15 questions is asked; a stack with a table, a pool and one function",
    ),
)
