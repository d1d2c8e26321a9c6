// The second table of texts: those of pages that are loaded after the first page, and of the server's refusals.

import type { RefusalCode } from "../api/protocol";
import { isolateArguments } from "./isolate";
import { formatNumber, language, plural, refusals as refusalsShown } from "./messages";

/** The server's refusals. A code that this page does not know is shown in the server's own words. */
const refusals: Record<RefusalCode, string> = {
  malformed: "uconnect did not accept what this page sent. Copy what you wrote, reload the page, then try again.",
  account_ended:
    "This account is closed. If you think this is a mistake, ask your school or the people who run uconnect.",
  site_is_school: "This address belongs to a school. Sign in on the school site.",
  site_is_worker: "This address belongs to a worker. Sign in on the worker site.",
  site_is_user: "This address does not belong to a school or a worker. Sign in on the site for students and employees.",
  not_invited: "No school has invited this address. Ask your school to invite you as a worker.",
  invited: "A school has invited this address. Open the worker site to see which one, and accept there.",
  schools_invited_only: "Schools can join only by invitation. Ask the people who run uconnect.",
  address_taken: "This address already has an account. Use another address.",
  not_found: "This was not found. It may have been deleted, or the address may be wrong.",
  thread_terminated: "This thread has ended. No one can add messages to it.",
  thread_open: "This thread is still open. End it first, then delete it.",
  five_threads: "You have five open threads. End one that is settled, then you can open another.",
  five_workers: "You have five workers. Remove one, then you can invite another.",
  saved_replies_full: "You have 100 saved replies. Delete one, then you can add another.",
  asked_lately: "This thread was asked about less than a week ago. Wait a week, then you can ask again.",
  snoozed_full: "You have 100 snoozed threads. Bring one back, then you can snooze another.",
  hidden_words_full: "You hide 30 texts in this thread. Show one of them again, then you can hide another.",
  still_asked:
    "Threads with your school are still open. You can close the account after the people who asked end them.",
  sign_in_again: "You signed in a while ago. Sign in again, then repeat this.",
  unreachable_address: "No e-mail can reach this address. Check the spelling.",
  no_picture: "uconnect cannot read this picture. Choose a PNG, JPEG or WebP file.",
  too_large: "This is too large to send. A message can have up to 4,000 characters. Make it shorter, then try again.",
  too_fast: "Too many requests in a short time. Wait a few seconds, then try again.",
  busy: "uconnect cannot save anything right now. Nothing was changed. Try again in a moment.",
};

/** Says by how many minutes a device's clock is off; a positive number is fast. */
function clockOffMessage(minutes: number): string {
  const n = Math.abs(minutes);
  const duration = n < 120 ? plural(n, "minute", "minutes") : plural(Math.round(n / 60), "hour", "hours");
  return `The clock on this device is ${duration} ${minutes > 0 ? "fast" : "slow"}.`;
}

const NOTICE =
  "You get one when you have not read a message for 10 minutes, but not between 21:00 and 7:00. It does not say who wrote or what they wrote.";
const NOTICE_TO_STAFF = `${NOTICE} You get at most one an hour.`;

/** A worker's threads are counted as waiting up to this number. */
const MOST_WAITING = 100;

const en = {
  connection: {
    lost: "Reconnecting… Your messages are kept",
    silent: "No answer from the server yet. Your messages are kept",
    blocked: "This network blocks live updates. New messages appear every few seconds",
    offline: "You are offline. Your messages are kept",
  },
  newIn: (n: number, page: string) => `${plural(n, "new message", "new messages")} in ${page}`,

  raised: {
    empty: "No questions yet",
    emptyText: "When you ask another school a question, its thread appears here. It stays until you delete it.",
    findSchool: "Find another school",
  },

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

  composer: {
    label: (who: string) => `Write to ${who}`,
    placeholder: "Write a message",
    send: "Send",
    changed: "This text was sent or changed in another tab. Check it, then send it if you still want to.",
    hint: "Press Enter to send, Shift+Enter for a new line.",
    left: (n: number, most: number): string =>
      n >= 0 ? `${plural(n, "character", "characters")} left` : en.text.tooLong(-n, most),
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

  text: {
    tooLong: (over: number, most: number): string =>
      `${plural(over, "character", "characters")} too long (limit ${formatNumber(most)})`,
  },

  endThread: {
    action: "End thread",
    title: "End this thread?",
    done: "Thread ended.",
    text: (school: string) =>
      `No one can add messages after that. You and ${school} can still read it. You can then open another thread.`,
    keep: "Keep it open",
  },

  deleteThread: {
    action: "Delete",
    title: "Delete this thread?",
    text: (school: string) => `It will be deleted for you and for ${school}. This cannot be undone.`,
    keep: "Keep it",
    done: "Thread deleted",
  },

  sort: {
    label: "Sort by",
    orders: { waiting: "Waiting longest", newest: "Newest first", activity: "Last activity" },
  },
  workerFilters: { title: "Worker", any: "Any worker" },
  toList: "Back to the list",
  requester: "Requester",

  threadGone: {
    title: "This thread is not available",
    unknown: "It was deleted, someone else has it now, or the address is wrong.",
    raiser: "You deleted it.",
    school: "The person who asked deleted it or closed their account.",
    worker: "The school took this thread back.",
    workerEnded: "It was deleted, or the school took it back.",
  },

  raiseAgain: "Ask this school again",

  undo: {
    action: "Undo",
    failed: (why: string) => `The undo did not finish. ${why}`,
  },

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

  settle: {
    question: "Is this settled?",
    notYet: "Not yet",
    ask: "Ask if this is settled",
    hint: "They can then end the thread or answer “Not yet”.",
    asked: "Asked if this is settled",
    pending: (time: string) => `Asked if this is settled (${time}). No answer yet.`,
    askedLately: (time: string) => `Asked if this is settled (${time}). You can ask again after a week.`,
    ended: (subject: string) => `“${subject}” has ended`,
    show: "Show",
  },

  snooze: {
    title: "Snooze",
    snoozed: "Snoozed",
    menu: "Snooze until",
    times: { today: "Later today", tomorrow: "Tomorrow morning", monday: "Monday morning" },
    pickDate: "Choose a day…",
    noAnswer: "No answer needed",
    untilWord: "until they write",
    until: (time: string) => `Snoozed until ${time}`,
    untilWordNow: "Snoozed until they write",
    bringBack: "Bring it back now",
    hint: "It comes back sooner if they write. Only you can see this.",
    back: "Back in the list",
    day: "Day it comes back",
    range: "Choose a day within a year, from tomorrow on.",
    close: "Close",
  },

  details: {
    notes: (n: number) => plural(n, "note", "notes"),
    newNotes: (n: number) => plural(n, "new note", "new notes"),
    owner: "Asked by",
    kind: { user: "User", school: "School", worker: "Worker" },
    mail: "E-mail",
    since: "Asked on",
    state: "Status",
    handler: "Answered by",
    close: "Close",
  },

  log: {
    unread: "The messages could not be loaded. They are not lost. Try again when you are online.",
    messages: "Messages",
    earlier: "Show earlier messages",
    new: "New",
    newBelow: (n: number) => `${n} new`,
    toEnd: "Latest messages",
    otherDay: (day: string) => `${day}. Go to another day`,
    toNew: (n: number) => `Go to ${plural(n, "new message", "new messages")}`,
    showAll: "Show all",
    showLess: "Show less",
    more: "Quote or copy",
    moreOfOthers: "Quote, copy or mark unread",
    markUnread: "Mark unread",
    quote: "Quote",
    sending: "Sending",
    waiting: "Waiting for the connection",
    sent: "Sent",
    seen: "Seen",
    notSent: "Not sent.",
    notSentAnswer: "uconnect could not save it yet.",
    retry: "Retry",
    discard: "Discard",
    announce: (who: string, text: string) => `${who}: ${text}`,
    you: "You",
    ended: "Thread ended",
    ourSchool: "Your school",
    state: { open: "Open", terminated: "Ended" },
  },

  day: {
    title: "Go to a day",
    label: "Day",
    go: "Show messages",
    close: "Close",
    range: (first: string) => `Choose a day from ${first} to today.`,
    none: "There are no messages on this day or after it.",
    shown: (day: string) => `Messages from ${day}`,
  },

  search: {
    label: "Search threads",
    results: "Search results",
    found: (n: number) => (n === 0 ? "No thread found" : `${plural(n, "thread", "threads")} found`),
    /** While the server looks through older threads. */
    searching: "Searching…",
    until: (date: string) => `Searching older threads… now at ${date}`,
    stoppedAt: (date: string) => `Searched back to ${date}`,
    stop: "Stop",
    more: "Search older threads",
    none: (text: string) => `No thread has “${text}”.`,
    noneHint: "A message or a subject must have all the words. Try fewer or shorter words.",
    note: "Note",
    you: "You",
    us: "Us",
    moreInThread: "More in this thread",
    inState: "Which threads",
    states: { "": "Open and ended", open: "Open", terminated: "Ended" },
    since: "Last activity",
    days: { 0: "At any time", 7: "In the last 7 days", 30: "In the last 30 days", 365: "In the last year" },
    failed: "The search stopped.",
  },

  schools: {
    more: "Show more schools",
    first: (page: string) => `Choose a school and ask it a question. Its answers appear under “${page}”.`,
    filter: "Search schools",
    none: (text: string) => `No school matches “${text}”.`,
    empty: "No schools yet",
    emptyText: "When a school joins uconnect, you can ask it a question here.",
    loading: "Loading schools",
    openAlways: "Open at all hours",
    openUntilDay: (day: string, time: string) => `Open now, until ${day} at ${time}`,
    openUntil: (time: string) => `Open now, until ${time}`,
    opensToday: (time: string) => `Closed now. Opens today at ${time}`,
    opensOn: (day: string, time: string) => `Closed now. Opens ${day} at ${time}`,
    brief: {
      opensToday: (time: string) => `Opens today at ${time}`,
      opensOn: (day: string, time: string) => `Opens ${day} at ${time}`,
    },
    hours: "Office hours",
    clock: (zone: string) => `Times in ${zone}`,
    days: (from: string, to: string) => (from === to ? from : `${from} to ${to}`),
    replyTimes: {
      hour: "Usually answers within an hour",
      day: "Usually answers within a day",
      week: "Usually answers within a week",
      longer: "An answer can take more than a week",
    },
    missing: "This school was not found",
    missingText: "The address may be wrong.",
    closedTitle: "This school takes no new questions.",
    closedText: "It closed its account. You can still read its earlier answers in your threads.",
  },

  raise: {
    title: (school: string) => `Ask ${school}`,
    about: "What is it about?",
    aboutHint: "One line, so that you can find it later.",
    happened: "Your question",
    visible: "The school sees your name and e-mail. A worker who answers for it does not.",
    send: "Send question",
    sending: "Sending…",
    aboutMissing: "Enter a few words that say what it is about.",
    textMissing: "Enter your question.",
    limitTitle: "Your five open threads",
    lastFrom: (who: string) => `Last message from ${who}`,
    fromYou: "you",
    textKept: "What you wrote is kept.",
    unsure:
      "The connection was lost before uconnect answered, so your question may or may not be sent. Press “Send question” again. It will not be sent twice.",
    unsureText: (subject: string) =>
      `This sends the question about “${subject}” again, as it was. Your changed text is kept.`,
    unreached: "You are offline, so your question was not sent.",
    changed: "This question was already sent. Your changed text is here and was not sent.",
  },

  unsentTexts: {
    title: "Not sent",
    gone: "You wrote this here, and it was not sent. Copy it if you still need it.",
    ended: "You wrote this, and it was not sent before the thread ended. Copy it if you still need it.",
    conflict: "This was also written here, and was not sent.",
    copy: "Copy",
    copied: "Copied",
    notCopied: "This browser does not let the page copy. Select the text, then copy it yourself.",
    useConflict: "Use this text",
    discard: "Discard",
    memoryOnly: "This browser has no space to save what you write. It lasts only while this page is open.",
    orphaned: "Not sent, for threads that are not in this list",
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

  settings: {
    title: "Settings",
    loading: "Loading your settings",
    who: "Your account",
    name: "Name",
    nameMissing: "Enter your name.",
    worksFor: (school: string) => `Worker at ${school}`,
    account: "Password, e-mail and where you are signed in",
    save: "Save",
    saved: "Saved",
    theme: "Appearance",
    themes: { auto: "Match this device", light: "Light", dark: "Dark" },
    signOut: "Sign out",
    signOutText: "Signing out deletes your drafts from this browser.",
    signingOut: "Signing out…",
    signOutTitle: "Sign out with unsent messages?",
    unsent: (n: number) => `${plural(n, "message has", "messages have")} not been sent yet and will be lost.`,
    stay: "Stay signed in",
  },

  keyboard: {
    find: "Find a page, thread or command",
    groups: {
      page: "On this page",
      goTo: "Go to",
      threads: "Threads",
      schools: "Ask a school",
      settings: "Settings",
    },
    none: (text: string) => `Nothing matches “${text}”.`,
    help: "Keyboard shortcuts",
    close: "Close",
    section: "Keyboard",
    single: "Single-key shortcuts",
    singleHint:
      "Turn these off if you press keys by accident, or if you speak to your computer. All other keys still work.",
    showAll: "Show all shortcuts",
    nextAndPrevious: "Next and previous in the list",
    open: "Open",
    thisList: "Show this list",
    marks:
      "In a message, **bold**, _italic_ and `code` are shown as such. Lines that begin with - or 1. are a list, with > a quote, and between two lines of ``` code.",
    /** What each key does, whatever the name of its control is now. */
    keys: {
      r: "Write a reply",
      o: "Give to a worker",
      t: "Take it back",
      h: "Hand back",
      e: "Snooze",
      n: "Notes",
      "/": "Search",
    } as Readonly<Record<string, string | undefined>>,
  },

  emails: {
    title: "E-mails",
    label: "E-mail me about new messages",
    loading: "Loading your e-mail setting",
    text: { user: NOTICE, school: NOTICE_TO_STAFF, worker: NOTICE_TO_STAFF },
  },

  conflict: {
    text: (label: string, value: string) =>
      `“${label}” was changed elsewhere while you edited it. It is now: ${value || "empty"}. Your text replaces it if you save.`,
    use: "Keep the saved one",
  },

  profile: {
    title: "What people see of your school",
    name: "Name of the school",
    nameMissing: "Enter the school’s name.",
    about: "What it helps with",
    aboutHint: "One or two lines for people who look for a school.",
    hours: "Office hours",
    hoursHint: "They tell people when to expect an answer. They do not show who is online.",
    closed: "Closed",
    from: (day: string) => `${day}, from`,
    until: (day: string) => `${day}, until`,
    add: "Add hours",
    addHours: (day: string) => `Add hours on ${day}`,
    removeHours: (day: string, n: number) => `Remove hours ${n} on ${day}`,
    nextDay: "the next day",
    copyMonday: "Copy Monday’s hours to all weekdays",
    wrongSpan: (day: string) => `${day}: closing time must be after opening time.`,
    overlap: (day: string) => `${day}: these hours overlap.`,
    zone: "Time zone",
    zoneWrong: "This time zone is not known. Choose one like Europe/Berlin.",
    picture: "Picture",
    pictureText: "People see it beside the school’s name, instead of the initials. It is cropped to a square.",
    choose: "Choose a picture",
    chooseAnother: "Choose another",
    removePicture: "Remove picture",
    unreadable: "This browser cannot read this picture. Choose a PNG or JPEG file.",
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

  leaveSchool: {
    title: "Joined by mistake?",
    action: (school: string) => `Leave ${school}`,
    text: (school: string) =>
      `If you leave, the threads that ${school} gave you go back to it. You keep your password, and another school can invite you. You can leave until you send your first answer.`,
    question: (school: string) => `Leave ${school}?`,
    questionText: "Your threads go back to the school. To work for it again, you need a new invitation.",
    stay: "Stay",
    left: (school: string) => `You have left ${school}.`,
    again: "Sign in again",
  },

  closeAccount: {
    action: "Close account",
    text: {
      user: "Your threads and all their messages are deleted, for you and for the schools.",
      school:
        "Your workers can no longer sign in, and the questions you asked other schools are deleted. People who asked your school can still read their threads.",
    },
    title: "Close this account?",
    final: "This cannot be undone.",
    type: (name: string) => `To confirm, type ${name}`,
    keep: "Keep the account",
    closed: "Your account is closed, and you are signed out.",
    stillOpen: (n: number) =>
      `${plural(n, "thread with your school is", "threads with your school are")} still open. You can close the account after the people who asked end them.`,
    again: "Sign in again",
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

  personalData: {
    title: "This may reveal who you are",
    text: {
      worker: (what: string) => `Your message contains ${what}. The person who asked should not know who answers.`,
      raiser: (what: string) =>
        `Your message contains ${what}. The school knows who you are. A worker who answers for it should not.`,
    },
    kinds: { name: "your name", email: "your e-mail address", phone: "what looks like a phone number" },
    and: (one: string, other: string) => `${one} and ${other}`,
    send: "Send it anyway",
    change: "Change it",
  },

  signIn: {
    notFinished: "Signing in did not finish. Try again.",
    cookies:
      "This browser blocks cookies and stored data for this site, so you cannot sign in. Allow them for this site, then reload this page.",
    notStarted: (why: string) =>
      `Signing in could not start in this browser (${why}). Try another browser, or a newer version of this one.`,
    clockOff: (minutes: number) =>
      `Signing in did not finish. ${clockOffMessage(minutes)} Correct the clock, then try again.`,
  },

  errorPage: {
    title: "uconnect stopped because of an error on this page.",
    draftsKept: "Your drafts and unsent messages are saved in this browser. Reload the page to continue.",
    draftsLost: "Reload the page to continue. This browser saves nothing, so your drafts and unsent messages are lost.",
    reload: "Reload",
    again:
      "If this happens again, clear the data that this site saved in this browser. This signs you out, and deletes your drafts and unsent messages.",
    clear: "Clear data and sign out",
  },

  notices: {
    forbidden:
      "This browser saves nothing for this site. Everything works, but if you reload or close this page, you are signed out and lose your drafts and unsent messages.",
    full: "This browser has no space left to save what you write. It lasts only while this page is open.",
    clock: (minutes: number) => `${clockOffMessage(minutes)} Times shown here are correct.`,
    close: "Close this notice",
  },

  stopped: {
    continueAsOther: "Continue with the other account",
    otherAddress: "Use another address",
    theirSite: "Go to that site",
    ended: "This account is closed",
    endedText:
      "You are signed out of this site. If you think this is a mistake, ask your school or the people who run uconnect.",
  },

  refusals,
};

export type PageMessages = typeof en;

export const tables: Record<string, PageMessages> = { en };

export const pageMessages = isolateArguments(tables[language] as PageMessages);
Object.assign(refusalsShown, pageMessages.refusals);
