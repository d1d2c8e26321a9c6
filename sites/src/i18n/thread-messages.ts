// The texts of threads, of their lists, and of what everybody can do with them.

import { formatNumber, plural } from "./messages";

export const en = {
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

  composer: {
    label: (who: string) => `Write to ${who}`,
    placeholder: "Write a message",
    send: "Send",
    changed: "This text was sent or changed in another tab. Check it, then send it if you still want to.",
    hint: "Press Enter to send, Shift+Enter for a new line.",
    left: (n: number, most: number): string =>
      n >= 0 ? `${plural(n, "character", "characters")} left` : en.text.tooLong(-n, most),
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

  conflict: {
    text: (label: string, value: string) =>
      `“${label}” was changed elsewhere while you edited it. It is now: ${value || "empty"}. Your text replaces it if you save.`,
    use: "Keep the saved one",
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
};
