// The texts for those who answer: a school and its workers.

import { plural } from "./messages";

/** A worker's threads are counted as waiting up to this number. */
const MOST_WAITING = 100;

export const en = {
  inbox: {
    empty: "No questions yet",
    emptyText: "Questions to your school appear here as soon as they are sent.",
    inviteText: "Your workers can help to answer them.",
    invite: "Invite a worker",
    emptyFilter: "No threads here right now",
    showAll: "Show all threads",
    noneOpen: "No open threads",
    noneOpenText: "Snoozed threads are under “Snoozed”, ended ones under “Ended”.",
  },

  replyLease: {
    writing: (who: string) => `${who} is writing an answer.`,
    answered: (who: string) => `${who} has answered while you wrote. Read it before you send yours.`,
    worker: "Your worker",
  },

  savedReplies: {
    title: "Saved replies",
    shortcut: "Saved replies: press / at the start of a word",
    about:
      "Texts that you and your workers insert in a message with “/”. The person who asked sees an ordinary message.",
    open: "Write and edit saved replies",
    of: (n: number, most: number) => `${n} of ${most}`,
    loading: "Loading saved replies",
    search: "Search saved replies",
    noMatch: (text: string) => `No saved reply matches “${text}”.`,
    none: "No saved replies yet",
    noneText: "Save an answer that you write often. You and your workers can then insert it with two keys.",
    noneOfSchool: "Your school has no saved replies yet.",
    first: "Write the first one",
    add: "New reply",
    change: "Edit reply",
    edit: "Edit",
    editNamed: (title: string) => `Edit ${title}`,
    delete: "Delete",
    deleteNamed: (title: string) => `Delete ${title}`,
    deleted: (title: string) => `“${title}” was deleted`,
    noFolder: "Without a folder",
    rename: "Rename",
    renameNamed: (folder: string) => `Rename the folder ${folder}`,
    renameFolder: "Rename folder",
    folderName: "Name of the folder",
    folderMissing: "Enter a name for the folder.",
    joins: "There is a folder with this name. The replies are added to it.",
    name: "Title",
    titleMissing: "Enter a title, so that you can find it.",
    folder: "Folder (optional)",
    folderHint: "Choose one, or write the name of a new one.",
    text: "Text",
    textHint: "{school} becomes the name of your school.",
    textMissing: "Enter the text.",
    unknown: (words: string) => `${words} stays as it is. Only {school} is filled in.`,
    close: "Close",
    gone: "This reply was deleted elsewhere. Your text is still here: save again to keep it as a new reply.",
    kept: "This is what you wrote before, and did not save.",
    discardTitle: "Discard your changes?",
    discardText: "What you wrote here is not saved yet.",
    discard: "Discard",
    keepEditing: "Keep editing",
  },
  workerFilters: { title: "Worker", any: "Any worker" },

  bulkAssign: {
    open: "Give several",
    title: "Give several threads to workers",
    to: "To",
    spread: "The worker with the fewest threads",
    which: "Which threads",
    all: (n: number) => `All ${n}`,
    give: (n: number) => (n === 0 ? "Give" : `Give ${plural(n, "thread", "threads")}`),
    chooseSome: "Choose the threads to give.",
    nobody: "No worker is available. Choose one by name, or wait until one is.",
    progress: (done: number, of: number) => `${done} of ${of} done`,
    stopped: (done: number, of: number) => `Stopped after ${done} of ${of}. The others stay where they are.`,
    failed: (subject: string, why: string) => `“${subject}” was not given. ${why}`,
    stop: "Stop",
    undo: "Undo",
    close: "Close",
  },

  assignment: {
    assign: "Give to a worker",
    with: (name: string) => `With ${name}`,
    withUs: "With us",
    menu: "Who should answer this?",
    loading: "Loading workers",
    load: (open: number, waiting: number): string =>
      [plural(open, "open thread", "open threads"), waiting && `${waiting < MOST_WAITING ? waiting : "many"} waiting`]
        .filter(Boolean)
        .join(" · "),
    hadBefore: "Had this thread before",
    handedItBack: "Handed it back",
    takeBack: "Take it back",
    current: "has it now",
    none: "No worker has joined yet.",
    invite: "Invite a worker",
    assigned: (name: string) => `Given to ${name}`,
    takenBack: "Taken back. Your school has it now",
    handBack: "Hand back",
    handBackTitle: "Hand this thread back?",
    handBackText:
      "Your school will answer it from now on. The thread leaves your list, and your school keeps all messages.",
    reason: "Why?",
    reasons: {
      none: "No reason",
      unknown: "I do not know the answer.",
      identity: "The messages tell me who asked.",
    },
    more: "More about it (optional)",
    moreHint: "Your school reads the reason as a note. The person who asked does not.",
    keep: "Keep it",
    handedBack: "Handed back to your school",
    unavailable: "not available",
  },

  hiddenWords: {
    title: "Hidden from workers",
    none: "Your workers read everything in this thread.",
    hide: "Hide words…",
    again: "Show again",
    showAgain: (word: string) => `Show again: ${word}`,
    shown: "Your workers can read it again",
    dialog: "Hide words from workers",
    text: "Your workers see █████ in place of these words, in all messages and notes of this thread. The person who asked does not notice.",
    found: "What reveals who asked",
    looking: "Looking for names, e-mail addresses and phone numbers…",
    foundNone: "No name, e-mail address or phone number was found.",
    other: "Other words (optional)",
    otherHint: "One name or phrase on each line.",
    choose: "Choose or enter what to hide.",
    submit: "Hide",
    keep: "Cancel",
    done: "Hidden from your workers",
    selected: "Hide from workers",
    named: "This thread reveals who asked.",
    tells: "reveals who asked",
    mark: "Hidden from workers",
    mask: "hidden by your school",
  },

  workers: {
    title: "Workers",
    of: (n: number, most: number) => `${n} of ${most} workers`,
    notJoined: "Invited, not joined yet",
    away: "Not taking new threads automatically",
    resend: "Send again",
    resendNamed: (name: string) => `Send again to ${name}`,
    resent: (email: string) => `Invitation sent again to ${email}`,
    remove: "Remove",
    removeNamed: (name: string) => `Remove ${name}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeText: (n: number) =>
      n === 0
        ? "They can no longer sign in as your worker."
        : `They can no longer sign in as your worker. Their ${plural(n, "open thread returns", "open threads return")} to your school, with all messages.`,
    keep: "Keep",
    removed: (name: string) => `${name} was removed`,
    inviteTitle: "Invite a worker",
    name: "Name",
    email: "E-mail",
    invite: "Invite",
    sent: (email: string) => `Invitation sent to ${email}`,
    nameMissing: "Enter the worker’s name.",
    emailWrong: "Enter a full address, like name@example.org.",
    first: "Invite your first worker",
    firstText:
      "A worker answers the threads you give them. They are not shown who asked, and the person who asked is not shown who answers.",
    loading: "Loading workers",
  },

  policy: {
    title: "New threads",
    by_hand: "Keep in the inbox",
    byHandText: "Your school answers them, or gives them to a worker.",
    automatic: "Assign automatically",
    automaticText:
      "Each goes to the available worker with the fewest open threads. If no worker is available, it stays in the inbox.",
  },

  availability: {
    title: "Availability",
    text: "While you are available, new threads can be assigned to you automatically. Your school can give you threads at any time.",
    onlySchool: "Your account was created by your school’s invitation. Only your school can remove it.",
  },

  invitation: {
    loading: "Loading the invitation",
    from: (school: string) => `${school} invites you`,
    title: (by: readonly { school: string }[]) =>
      by.length === 0
        ? "No invitations right now"
        : by.length === 1
          ? `${by[0]?.school} invites you`
          : "Several schools invite you",
    means:
      "If you accept, you answer threads for this school as its worker. You can leave until you send your first answer.",
    meansSeveral: "You can become a worker of one of them. You can leave until you send your first answer.",
    address: "Use the e-mail address that the invitation was sent to.",
    accept: "Accept",
    acceptFrom: (school: string) => `Accept the invitation of ${school}`,
    acceptNew: "Accept with a new account",
    acceptKnown: "Accept and sign in",
    notNow: "Not now",
    expired:
      "This invitation is no longer valid. If you accepted it, sign in. If not, ask your school to invite you again.",
    gone: "This invitation is no longer valid.",
  },

  overview: {
    title: "Overview",
    loading: "Loading the overview",
    open: "Open threads",
    waiting: "Waiting for our answer",
    ended: "Ended",
    oldest: "Waiting longest",
    since: "since",
    none: "No one is waiting for an answer.",
    workers: "Workers",
    available: "Available",
    away: "Not available",
    raised: "Questions we asked",
    views: "What to show",
    now: "Now",
    weeks: "By week",
  },

  figures: {
    loading: "Loading the figures",
    none: "No figures yet",
    noneText: "They begin with the first question that is asked from now on.",
    about: (since: string, zone: string) =>
      `Counted since the week of ${since}. Times in ${zone}; weeks begin on Monday. All hours count, also when your office is closed. No figure names a person.`,
    public: "What people see before they ask",
    shown: (usually: string) => `“${usually}”. This can change once a week, when a week begins.`,
    notShown: (least: number, weeks: number) =>
      `Nothing yet about how soon you answer. That needs ${least} first answers in ${weeks} weeks.`,
    download: "Download as CSV",
    asked: "Asked",
    answered: "First answers",
    ended: "Ended",
    halfAnswered: "Half answered within",
    mostAnswered: "9 of 10 answered within",
    askedAndEnded: "Questions asked and ended, by week",
    toAnswer: "How long people waited for the first answer, by week",
    toEnd: "How long it took until a question ended, by week",
    byHour: "When questions are asked: hour of the day",
    byDay: "When questions are asked: day of the week",
    questions: "Questions",
    time: "Time",
    week: "Week from",
    hour: "Hour",
    day: "Day",
    half: "Half within",
    most: "9 of 10 within",
    longer: "longer",
    over: (time: string) => `over ${time}`,
    /** A time in its largest whole unit: 30 min, 2 hours, 4 days, 2 weeks. */
    minutes: (n: number): string => {
      if (n < 60) return `${n} min`;
      if (n < 1440) return plural(n / 60, "hour", "hours");
      return n < 10_080 ? plural(n / 1440, "day", "days") : plural(n / 10_080, "week", "weeks");
    },
    table: "Numbers as a table",
  },

  notes: {
    title: "Notes",
    about: {
      school:
        "Your school sees them, and so does each worker who has this thread, now or later. The person who asked does not.",
      worker: "Your school sees them, and so does a worker who gets this thread later. The person who asked does not.",
    },
    loading: "Loading notes",
    write: "Add a note",
    placeholder: "Write a note",
    add: "Add note",
    none: "No notes yet.",
    new: "New",
    announce: (who: string, text: string) => `New note. ${who}: ${text}`,
    announceMention: (who: string, text: string) => `New note, which mentions you. ${who}: ${text}`,
    assigned: (name: string) => `Given to ${name}`,
    takenBack: "Taken back",
    us: "Your school",
    mention: {
      title: "Mention",
      hint: (name: string) => `Type @ to mention ${name}.`,
      you: "Mentions you",
      arrived: (subject: string) => `A note on “${subject}” mentions you`,
      show: "Show",
    },
  },
};
