// The second table of texts: those of pages that are loaded after the first page.

import { plural, language } from "./messages";

const en = {
  composer: {
    label: (who: string) => `Write to ${who}`,
    placeholder: "Write a message",
    send: "Send",
    changed: "Another tab has sent or changed this text. Look at it, then send it again if you still want to.",
    hint: "Enter sends. Shift and Enter together start a new line.",
    left: (n: number) =>
      n >= 0 ? `${plural(n, "character", "characters")} left` : `${-n} too many: a message can have 4,000 characters`,
  },

  endThread: {
    action: "End thread",
    title: "End this thread?",
    text: (school: string) =>
      `Nobody can write here any more. You and ${school} can still read it. This frees one of your five.`,
    keep: "Keep it open",
  },

  deleteThread: {
    action: "Delete",
    title: "Delete this thread?",
    text: (school: string) => `Gone for you and for ${school}, with its files. This cannot be undone.`,
    keep: "Keep it",
    done: "The thread is deleted",
  },

  raiseAgain: "Raise again to this school",

  undo: {
    action: "Undo",
    failed: (why: string) => `The undo did not finish. ${why}`,
  },

  assignment: {
    assign: "Give to a worker",
    with: (name: string) => `With ${name}`,
    withUs: "With us",
    menu: "Who should answer this?",
    load: (n: number) => plural(n, "open thread", "open threads"),
    takeBack: "Take it back to us",
    current: "has it now",
    none: "You have no workers who have joined yet.",
    invite: "Invite a worker",
    assigned: (name: string) => `Given to ${name}`,
    takenBack: "Taken back. It is with you now",
    handBack: "Hand back",
    handBackTitle: "Hand this thread back?",
    handBackText: "Your school answers it from now on. It leaves your list; nothing in it is lost.",
    keep: "Keep it",
    handedBack: "Handed back to your school",
    unavailable: "not available",
  },

  details: {
    notes: (n: number) => plural(n, "note", "notes"),
    owner: "Raised by",
    kind: { user: "User", school: "School", worker: "Worker" },
    mail: "E-mail",
    since: "Raised",
    state: "State",
    handler: "Answered by",
    close: "Close",
  },

  log: {
    messages: "Messages",
    earlier: "Show earlier messages",
    new: "New",
    newBelow: (n: number) => `${n} new`,
    toNew: (n: number) => `Go to ${plural(n, "new message", "new messages")}`,
    showAll: "Show all",
    showLess: "Show less",
    sending: "Sending",
    waiting: "Waiting for the connection",
    sent: "Sent",
    seen: "Seen",
    notSent: "Not sent.",
    notSentAnswer: "The server could not take it yet.",
    retry: "Retry",
    discard: "Discard",
    announce: (who: string, text: string) => `${who}: ${text}`,
    you: "You",
    ended: "Thread ended",
    ourSchool: "Your school",
    state: { open: "Open", terminated: "Ended" },
  },

  schools: {
    first: "Choose a school to ask it something. What it answers arrives under Threads.",
    filter: "Filter by name",
    none: (text: string) => `No school matches “${text}”.`,
    empty: "No schools here yet",
    emptyText: "Once a school has joined this uconnect, you can ask it here.",
    loading: "Loading schools",
    openAlways: "Open at all hours",
    openUntilDay: (day: string, time: string) => `Open now, until ${day} at ${time}`,
    openUntil: (time: string) => `Open now, until ${time}`,
    opensToday: (time: string) => `Closed now. Opens today at ${time}`,
    opensOn: (day: string, time: string) => `Closed now. Opens ${day} at ${time}`,
    hours: "Office hours",
    clock: (zone: string) => `By the clock of ${zone}.`,
    days: (from: string, to: string) => (from === to ? from : `${from} to ${to}`),
    closedTitle: "This school takes no new threads.",
    closedText: "It has closed. What it answered you before stays in your threads.",
  },

  raise: {
    title: (school: string) => `Ask ${school}`,
    about: "What is it about?",
    aboutHint: "One line, so that you find it again.",
    happened: "What happened?",
    send: "Raise thread",
    sending: "Sending…",
    aboutMissing: "Say in a few words what it is about.",
    textMissing: "Write what happened, so that the school can help.",
    aboutLong: "That is too long for one line: 120 characters at most.",
    limitTitle: "Your five open threads",
    lastFrom: (who: string, when: string) => `Last word from ${who}, ${when}`,
    fromYou: "you",
    textKept: "What you wrote is kept.",
    unsure:
      "The answer got lost, so this may have been raised or not. Press “Raise thread” again: what you sent first is never raised twice.",
    unsureText: (subject: string) =>
      `What you sent first, about “${subject}”, is tried again as it was. Your changed text is kept.`,
    unreached: "You are offline, so this was not sent.",
    changed: "This was already raised. Your changed text is here, and was not sent.",
  },

  unsentTexts: {
    title: "Not sent",
    gone: "You had written this here. It was not sent; copy it if you still need it.",
    ended: "You were writing this when the thread ended. It was not sent; copy it if you still need it.",
    conflict: "This was also written here, and not sent.",
    copy: "Copy",
    copied: "Copied",
    notCopied: "This browser does not let the page copy. Select the text, then copy it yourself.",
    useConflict: "Write on with this",
    discard: "Discard",
    memoryOnly: "This browser has no room to keep what you write. It lasts only as long as this page is open.",
    orphaned: "Not sent, of threads that are not in this list",
  },

  workers: {
    title: "Workers",
    of: (n: number, most: number) => `${n} of ${most} workers`,
    notJoined: "Invited, has not joined yet",
    away: "Takes no threads by itself now",
    resend: "Send again",
    resendNamed: (name: string) => `Send again to ${name}`,
    resent: (email: string) => `The invitation is on its way to ${email} again`,
    remove: "Remove",
    removeNamed: (name: string) => `Remove ${name}`,
    removeTitle: (name: string) => `Remove ${name}?`,
    removeText: (n: number) =>
      n === 0
        ? "They cannot sign in here any more."
        : `They cannot sign in here any more. Their ${plural(n, "open thread returns", "open threads return")} to you, and nothing is lost.`,
    keep: "Keep",
    removed: (name: string) => `${name} is removed`,
    inviteTitle: "Invite a worker",
    name: "Name",
    email: "E-mail",
    invite: "Invite",
    sent: (email: string) => `${email} is invited`,
    nameMissing: "Say what this worker is called.",
    emailWrong: "This is not an e-mail address yet.",
    first: "Invite your first worker",
    firstText:
      "A worker answers the threads you give them. They never learn who asked, and whoever asked never learns of them.",
    loading: "Loading workers",
  },

  settings: {
    title: "Settings",
    loading: "Loading your settings",
    who: "Your account",
    name: "Name",
    nameMissing: "Say what you are called.",
    worksFor: (school: string) => `Worker of ${school}`,
    account: "Password, e-mail and where you are signed in",
    save: "Save",
    saved: "Saved",
    theme: "Appearance",
    themes: { auto: "As this device", light: "Light", dark: "Dark" },
    signOut: "Sign out",
    signOutText: "What you have begun to write is removed from this browser.",
    signingOut: "Signing out…",
    signOutTitle: "Sign out with messages not sent?",
    unsent: (n: number) => `${plural(n, "message has", "messages have")} not been sent yet and would be lost.`,
    stay: "Stay signed in",
  },

  conflict: {
    text: (label: string, value: string) =>
      `“${label}” was changed elsewhere while you edited it. It is now: ${value || "empty"}. Your text replaces it if you save.`,
    use: "Keep the saved one",
  },

  profile: {
    title: "What people see of your school",
    name: "Name of the school",
    nameMissing: "Say what your school is called.",
    about: "What it is for",
    aboutHint: "A line or two for those who look for a school.",
    aboutLong: "That is too long: 400 characters at most.",
    hours: "Office hours",
    hoursHint: "They tell people when an answer is likely. Nobody can see who is here.",
    closed: "Closed",
    from: (day: string) => `${day}, from`,
    until: (day: string) => `${day}, until`,
    add: "Add hours",
    addHours: (day: string) => `Add hours on ${day}`,
    removeHours: (day: string, n: number) => `Remove hours ${n} on ${day}`,
    nextDay: "the next day",
    copyMonday: "Monday’s hours on every weekday",
    wrongSpan: (day: string) => `${day}: hours end after they begin.`,
    overlap: (day: string) => `${day}: these hours overlap.`,
    zone: "Time zone",
    zoneWrong: "No such time zone. Choose one such as Europe/Berlin.",
    picture: "Picture",
    pictureText: "People see it beside your name instead of the initials. It is cut to a square.",
    choose: "Choose a picture",
    chooseAnother: "Choose another",
    removePicture: "Remove the picture",
    unreadable: "This browser cannot read that picture. Choose a PNG or JPEG file.",
  },

  policy: {
    title: "New threads",
    by_hand: "Wait for us",
    byHandText: "They stay in the inbox until someone answers or gives them to a worker.",
    automatic: "Go to a worker by themselves",
    automaticText:
      "Each goes to the available worker who holds the fewest. If none is available, it waits in the inbox.",
  },

  availability: {
    title: "Availability",
    text: "While you are available, new threads may come to you by themselves. Your school can give you threads at any time.",
    onlySchool: "Your account was made by your school’s invitation. Only your school can end it.",
  },

  invitation: {
    loading: "Looking up who invites you",
    from: (school: string) => `${school} invites you`,
    title: (by: readonly { school: string }[]) =>
      by.length === 0
        ? "Nobody invites you now"
        : by.length === 1
          ? `${by[0]?.school} invites you`
          : "Several schools invite you",
    means: "You would answer threads for this school as its worker. You can leave again until your first answer.",
    meansSeveral: "You can be the worker of one of them. You can leave again until your first answer.",
    address: "Use the e-mail address that the invitation was sent to.",
    accept: "Accept",
    acceptFrom: (school: string) => `Accept the invitation of ${school}`,
    acceptNew: "Accept with a new account",
    acceptKnown: "Accept and sign in",
    notNow: "Not now",
    expired: "This invitation is over. If you have accepted it, sign in; else ask your school to invite you again.",
    gone: "This invitation is over.",
  },

  leaveSchool: {
    title: "Joined by mistake?",
    action: (school: string) => `Leave ${school}`,
    text: (school: string) =>
      `If you leave, the threads that ${school} gave you go back to it. Your password stays, and another school can invite you. You can leave until your first answer.`,
    question: (school: string) => `Leave ${school}?`,
    questionText: "Your threads go back to the school. To work for it again, you need a new invitation.",
    stay: "Stay",
    left: (school: string) => `You have left ${school}.`,
    again: "Sign in again",
  },

  closeAccount: {
    action: "Close account",
    text: {
      user: "Your threads are deleted, for you and for the schools, with all that was written in them.",
      school:
        "Your workers can no longer sign in, and the threads you raised are deleted. Those who raised threads to you can still read them.",
    },
    title: "Close this account?",
    final: "This cannot be undone.",
    type: (name: string) => `To confirm, type ${name}`,
    keep: "Keep the account",
    closed: "Your account is closed, and you are signed out.",
    stillOpen: (n: number) =>
      `${plural(n, "thread raised to you is", "threads raised to you are")} still open. Only those who raised them can end them; until then the school cannot close.`,
    again: "Sign in again",
  },

  overview: {
    title: "Overview",
    loading: "Counting",
    open: "Open threads",
    waiting: "Waiting for our answer",
    ended: "Ended",
    oldest: "Waiting longest",
    since: (when: string) => `since ${when}`,
    none: "Nobody is waiting for an answer.",
    workers: "Workers",
    available: "Available",
    away: "Not available",
    raised: "Raised by us",
  },

  notes: {
    title: "Notes",
    about: {
      school: "For you and whoever answers. The one who asked never sees them.",
      worker: "For you and your school. The one who asked never sees them.",
    },
    loading: "Loading notes",
    write: "Add a note",
    placeholder: "Something worth knowing",
    add: "Add note",
    none: "No notes yet.",
    assigned: (name: string) => `Given to ${name}`,
    takenBack: "Back with us",
    us: "Your school",
  },

  personalData: {
    title: "This tells who you are",
    text: (what: string) =>
      `Your message holds ${what}. Whoever asked talks to your school and is not meant to learn who answers.`,
    kinds: { name: "your name", email: "your e-mail address", phone: "what looks like a telephone number" },
    and: (one: string, other: string) => `${one} and ${other}`,
    send: "Send it anyway",
    change: "Change it",
  },
};

export type PageMessages = typeof en;

export const tables: Record<string, PageMessages> = { en };

export const pageMessages = tables[language] as PageMessages;
