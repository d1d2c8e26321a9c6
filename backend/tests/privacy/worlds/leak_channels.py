"""The catalogue of ways in which blindness has failed elsewhere, and what stands here for each.

Some are leaks that are planted, and must be noticed; some are tests that the product has not got the channel at all.
What has neither is said to be open, with the reason, in the threat model too.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """`planted` are channels of the planted leaks; `shown` are tests, as file::name below backend/tests or sites."""

    number: int
    what: str
    planted: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    open: str = ""


ABSENT = "backend/tests/privacy/worlds/test_absent_worlds.py::"
MATRIX = "backend/tests/api/test_matrix.py::"
PAGES = "backend/tests/e2e/test_twins.py::"
NO_PAGE = "backend/tests/e2e/test_absent_site.py::test_whoever_is_blind_finds_no_way_to_a_person_a_file_or_another_site"
NO_PUSH = "backend/tests/e2e/test_absent_site.py::test_no_script_of_the_sites_knows_how_to_notify_or_to_tell_elsewhere"
WARNED = "backend/tests/e2e/test_house.py::test_a_worker_whose_words_tell_who_they_are_is_warned_before_they_leave"
ACTS = "backend/tests/privacy/worlds/test_act_worlds.py::"
FIGURES = "backend/tests/privacy/worlds/test_figure_worlds.py::"
RETENTION = "backend/tests/privacy/worlds/test_retention_worlds.py::"
BACKUPS = "backend/tests/unit/backups/test_backups.py::"
HIDDEN = "backend/tests/unit/domain/test_hidden_words.py::"
SESSION = "sites/src/sync/session.test.ts::"
OUTBOX = "sites/src/sync/outbox.test.ts::"

CHANNELS = (
    Channel(
        1,
        "fields of answers and frames",
        ("fields", "headers", "said"),
        (f"{ABSENT}test_a_view_has_these_fields_and_no_others",),
    ),
    Channel(
        2,
        "attributes and classes of pages",
        ("page", "names", "live", "kept", "pages"),
        shown=(
            f"{ABSENT}test_no_answer_is_a_page",
            f"{PAGES}test_whoever_is_blind_is_shown_the_same_by_their_page",
            f"{PAGES}test_what_a_page_would_tell_is_noticed",
        ),
    ),
    Channel(3, "avatars", ("page", "asked"), (f"{ABSENT}test_nobody_has_a_picture_but_a_school",)),
    Channel(4, "typing", ("typing",)),
    Channel(5, "presence", ("sockets", "health"), shown=(f"{ABSENT}test_who_is_there_is_shown_to_nobody",)),
    Channel(6, "read receipts", ("seen",)),
    Channel(7, "hand-offs", ("hand-off", "policy")),
    Channel(8, "what one may do, by actor", ("flags",)),
    Channel(
        9, "transcripts, letters, templates", ("text", "letters"), (f"{ABSENT}test_no_letter_can_tell_of_a_thread",)
    ),
    Channel(10, "attachments", shown=(f"{ABSENT}test_no_file_is_taken_but_a_schools_picture", NO_PAGE)),
    Channel(11, "search", ("search",), (f"{ABSENT}test_words_are_searched_in_ones_own_threads_alone",)),
    Channel(12, "counts and averages", ("numbers",)),
    Channel(13, "profiles and lists", ("profiles",), (f"{ABSENT}test_no_list_is_of_somebody_else",)),
    Channel(
        14,
        "errors that differ",
        ("refusals", "existence", "errors"),
        (f"{MATRIX}test_not_yours_is_not_there_to_the_byte",),
    ),
    Channel(15, "mentions and quotes", shown=(f"{ABSENT}test_no_word_of_a_message_is_understood", NO_PAGE)),
    Channel(16, "what workers write of themselves", shown=(WARNED,)),
    Channel(17, "internal notes", ("notes",)),
    Channel(18, "numbers and ids", ("numbers", "ids", "hand-off", "notes")),
    Channel(19, "rates and limits", ("pace",)),
    Channel(
        20,
        "late delivery",
        ("revoked",),
        ("backend/tests/resilience/test_revoked_faults.py::test_who_had_it_before_hears_and_reads_nothing_more",),
    ),
    Channel(21, "pushes and previews", shown=(f"{ABSENT}test_nothing_is_fetched_from_elsewhere", NO_PAGE, NO_PUSH)),
    Channel(22, "timing, size and order", ("latency", "order", "time")),
    Channel(23, "the kind of the owner", ("kind",)),
    Channel(24, "one owner of two threads", ("linkability",)),
    Channel(
        25,
        "logs",
        ("tokens",),
        (
            f"{ABSENT}test_what_is_said_and_by_whom_is_in_no_log",
            "backend/tests/privacy/servers/test_logs.py::test_a_line_that_tells_is_found",
        ),
    ),
    Channel(26, "vanishing together", ("ended",)),
    Channel(27, "the order of a fan-out", ("order",)),
    Channel(
        28,
        "outboxes that empty together",
        shown=(
            f"{OUTBOX}threads are not emptied together: each leaves at its own moment, within 20 seconds",
            f"{SESSION}to each of two threads leaves at a moment of its own after a reconnect, within 20 seconds",
        ),
    ),
    Channel(
        29,
        "what a restored backup brings back",
        shown=(
            f"{BACKUPS}test_what_was_deleted_since_is_deleted_again",
            f"{BACKUPS}test_closed_accounts_removed_workers_and_logins_end_again",
            f"{BACKUPS}test_a_restore_that_brings_back_what_was_deleted_is_noticed",
        ),
        open="On AWS a restore to an earlier moment brings back what was deleted since",
    ),
    Channel(32, "searches, counts, filters and sorts", ("search", "numbers", "sorts")),
    Channel(33, "reply lease", ("lease",)),
    Channel(
        34, "asking to end, snoozes", ("asking", "snoozes"), (f"{ABSENT}test_a_view_has_these_fields_and_no_others",)
    ),
    Channel(
        35,
        "saved replies",
        ("saved replies",),
        (f"{ABSENT}test_a_view_has_these_fields_and_no_others",),
    ),
    Channel(
        36, "words that a school hides", ("redaction",), (f"{HIDDEN}test_a_quoted_mask_does_not_reach_the_raiser",)
    ),
    Channel(
        37,
        "figures and usual reply times",
        shown=(
            f"{FIGURES}test_a_usual_reply_time_is_the_same_whoever_answers",
            f"{FIGURES}test_a_usual_reply_time_that_tells_is_noticed",
            f"{FIGURES}test_figures_tell_a_worker_nothing",
            f"{FIGURES}test_figures_that_tell_a_worker_are_noticed",
        ),
    ),
    Channel(
        41,
        "a school's acts in its account",
        shown=(f"{ACTS}test_what_a_school_does_in_its_account_tells_nobody", f"{ACTS}test_acts_that_tell_are_noticed"),
    ),
    Channel(
        42,
        "the moment at which a silent thread ends",
        shown=(
            f"{RETENTION}test_a_raisers_threads_end_and_go_at_the_same_moments_whoever_handles_them",
            f"{RETENTION}test_a_workers_threads_end_and_go_at_the_same_moments_whoever_owns_them",
            f"{RETENTION}test_what_retention_would_tell_a_raiser_is_noticed",
            f"{RETENTION}test_what_retention_would_tell_a_worker_is_noticed",
        ),
    ),
)
