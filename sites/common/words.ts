// Every sentence of the sites is in two tables a language, here and in words-more.ts: whoever adds a language translates
// those and touches nothing else. What is said here is loaded with the first page.

import { wanted } from "./locale";
import type { RefusalCode } from "./protocol";

export const count = (n: number, one: string, other: string): string => `${n} ${n === 1 ? one : other}`;

/** By how many minutes a device's clock is off; more than none is fast. */
function clockOff(minutes: number): string {
  const n = Math.abs(minutes);
  const said = n < 120 ? count(n, "minute", "minutes") : count(Math.round(n / 60), "hour", "hours");
  return `The clock of this device is ${said} ${minutes > 0 ? "fast" : "slow"}.`;
}

/** The server's refusals; one that is newer than this page is shown in the server's own words. */
const refusals: Record<RefusalCode, string> = {
  malformed: "That was not understood. Reload this page, then try again; what you wrote is kept.",
  account_ended: "This account has ended. Ask your school if you think it should not have.",
  site_is_school: "This address is a school’s. Sign in on the school site.",
  site_is_worker: "This address is a worker’s. Sign in on the worker site.",
  site_is_user: "This address is not a school’s or a worker’s. Sign in on the site for you.",
  not_invited: "No school has invited this address. Ask your school to invite you as a worker.",
  invited: "A school invites this address. Read on the worker site which one, and accept there.",
  schools_invited_only: "Schools join this uconnect by invitation. Ask its operator.",
  address_taken: "This address already has an account. Use another address.",
  not_found: "There is nothing here. It may be gone, or the address may be wrong.",
  thread_terminated: "This thread has ended. Nobody can write here any more.",
  thread_open: "This thread is still open. End it first, then delete it.",
  five_threads: "You have five open threads. End one that is settled, and you can raise another.",
  five_workers: "You have five workers. Remove one, and you can invite another.",
  still_asked: "Threads raised to you are still open. Only those who raised them can end them; until then you cannot close.",
  sign_in_again: "It has been a while since you signed in. Sign in again, then do this.",
  unreachable_address: "No letter can reach this address. Check how it is written.",
  no_picture: "That is not a picture we can read. Choose a PNG, JPEG or WebP file.",
  too_large: "That is too large to send: a message can have 4,000 characters. Make it shorter, then try again.",
  too_fast: "That was a little fast. Nothing is lost; try again in a few seconds.",
  busy: "uconnect cannot store anything right now. Nothing was changed; try again in a moment.",
};

const en = {
  product: "uconnect",
  site: { user: "You", school: "School", worker: "Worker" },

  door: {
    user: "Ask your university’s schools anything, and keep each question in one thread until it is settled.",
    school: "Answer the threads raised to your school, or give them to your workers.",
    worker: "Answer the threads your school gives you. You see what was asked, never who asked.",
    signIn: "Sign in",
    signUp: "Create an account",
    signedOut: "You were signed out. Sign in to go on.",
    signedOutKept: "You were signed out. Sign in to go on: what you had written is kept in this browser, for your account alone.",
    otherAccount: "Another account is signed in on this site now. This page belonged to the account before, so it has stopped.",
    goOnAsOther: "Go on as the other account",
    leaving: "Signing out. It finishes by itself as soon as uconnect can be reached.",
    leavingText: "Until then nothing is deleted, and nothing is shown here.",
    notFinished: "Signing in did not finish. Try it once more.",
    unreachable: "uconnect cannot be reached right now. Check your connection, then try again.",
    again: "Try again",
    otherAddress: "Use another address",
    theirSite: "Go to that site",
    cookies: "This browser blocks cookies and stored data for this address, so signing in cannot work. Allow them for this address, then reload this page.",
    notBegun: (why: string) => `Signing in could not begin in this browser: ${why}. Another browser, or a newer version of this one, may do.`,
    clockOff: (minutes: number) => `Signing in did not finish. ${clockOff(minutes)} Set the clock, then try again.`,
    ended: "This account has ended",
    endedText: "You are signed out of this site. Ask your school if you think it should not have.",
  },

  broken: {
    title: "uconnect stopped because of an error in this page.",
    kept: "What you wrote is kept in this browser. Reload the page to continue.",
    notKept: "Reload the page to continue. This browser keeps nothing, so what you were writing is lost.",
    reload: "Reload",
    again: "If it stops again, clear what this site keeps in this browser. You are then signed out, and drafts and messages not sent yet are deleted.",
    clear: "Clear and sign out",
  },

  notices: {
    forbidden: "This browser stores nothing for this site. Everything works, but when you reload or close this page you are signed out, and drafts and messages not sent yet are lost.",
    full: "This browser has no room left to store anything. What you write now lasts as long as this page is open.",
    clock: (minutes: number) => `${clockOff(minutes)} Times shown here are right.`,
    close: "Close this note",
  },

  connection: {
    lost: "Reconnecting… your messages are kept",
    offline: "You are offline. Your messages are kept",
    reload: "uconnect was updated. Reload to go on",
    reloadNow: "Reload",
  },

  nav: {
    main: "Main",
    threads: "Threads",
    inbox: "Inbox",
    raised: "Raised by us",
    schools: "Find a school",
    otherSchools: "Other schools",
    raisedShort: "Raised",
    schoolsShort: "Schools",
    workers: "Workers",
    overview: "Overview",
    settings: "Settings",
    skip: "Skip to the page",
    back: "Back to the list",
  },
  title: (page: string, unread: number) => `${unread ? `(${unread}) ` : ""}${page} · uconnect`,

  list: {
    open: "Open",
    ended: "Ended",
    more: "Show older threads",
    unread: (n: number) => count(n, "new message", "new messages"),
    you: (text: string) => `You: ${text}`,
    us: (text: string) => `Us: ${text}`,
    draft: (text: string) => `Draft: ${text}`,
    unsent: "Not sent yet",
    loading: "Loading threads",
  },
  meter: { label: "Open threads", of: (open: number, most: number) => `${open} of ${most} open` },

  threads: {
    find: "Find a school",
    empty: "No threads yet",
    emptyText: "When you ask a school something, the conversation stays here until you end it.",
    pick: "Choose a thread to read it",
    pickText: "The answers arrive here as they are written.",
  },
  raised: {
    empty: "You have raised no threads",
    emptyText: "Questions to another school, and its answers, stay here until you end them.",
    find: "Find another school",
  },
  inbox: {
    show: "Show",
    all: "All",
    new: "New",
    us: "With us",
    worker: "With a worker",
    them: "Waiting for them",
    ended: "Ended",
    empty: "Nothing has been raised to you yet",
    emptyText: "As soon as someone raises a thread to your school, it is here. Invite a worker to share the answering.",
    invite: "Invite a worker",
    emptyFilter: "Nothing here right now",
    pickText: "What people ask arrives here as they write it.",
    showAll: "Show all threads",
    with: (name: string) => `With ${name}`,
  },
  desk: {
    empty: "Nothing is with you right now",
    emptyText: "When your school gives you a thread, it is here at once.",
    requester: "Requester",
    pickText: "You see what was asked, never who asked.",
  },

  thread: {
    title: "Thread",
    messages: "Messages",
    loading: "Loading messages",
    earlier: "Show earlier messages",
    gone: "This thread is not here any more",
    goneText: "It was deleted or is with someone else now, or the address is wrong.",
    goneFor: {
      raiser: "You deleted it.",
      school: "Whoever raised it has deleted it or closed their account.",
      worker: "The school took this thread back.",
      workerEnded: "It was deleted, or the school took it back.",
    },
    toList: "Back to the list",
    new: "New",
    newBelow: (n: number) => `${n} new`,
    toNew: (n: number) => `Go to ${count(n, "new message", "new messages")}`,
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
    typing: (who: string) => `${who} is typing…`,
    said: (who: string, text: string) => `${who}: ${text}`,
    you: "You",
    ended: "Thread ended",
    formerWorker: "A former worker",
    ourSchool: "Your school",
    theSchool: "The school",
    someone: "Someone",
    state: { open: "Open", terminated: "Ended" },
  },

  composer: {
    label: (who: string) => `Write to ${who}`,
    placeholder: "Write a message",
    send: "Send",
    changed: "Another tab has sent or changed this text. Look at it, then send it again if you still want to.",
    hint: "Enter sends. Shift and Enter together start a new line.",
    left: (n: number) => (n >= 0 ? `${count(n, "character", "characters")} left` : `${-n} too many: a message can have 4,000 characters`),
  },

  end: {
    action: "End thread",
    title: "End this thread?",
    text: (school: string) =>
      `Nobody can write here any more. You and ${school} can still read it. This frees one of your five.`,
    keep: "Keep it open",
  },
  remove: {
    action: "Delete",
    title: "Delete this thread?",
    text: (school: string) => `Gone for you and for ${school}, with its files. This cannot be undone.`,
    keep: "Keep it",
    done: "The thread is deleted",
  },
  again: "Raise again to this school",

  hands: {
    give: "Give to a worker",
    with: (name: string) => `With ${name}`,
    withUs: "With us",
    menu: "Who should answer this?",
    load: (n: number) => count(n, "open thread", "open threads"),
    takeBack: "Take it back to us",
    has: "has it now",
    none: "You have no workers who have joined yet.",
    invite: "Invite a worker",
    given: (name: string) => `Given to ${name}`,
    taken: "Taken back. It is with you now",
    undo: "Undo",
    handBack: "Hand back",
    handBackTitle: "Hand this thread back?",
    handBackText: "Your school answers it from now on. It leaves your list; nothing in it is lost.",
    keep: "Keep it",
    handedBack: "Handed back to your school",
    available: "Available",
    away: "not available",
  },

  about: {
    title: "About this thread",
    notes: (n: number) => count(n, "note", "notes"),
    owner: "Raised by",
    kind: { user: "User", school: "School", worker: "Worker" },
    mail: "E-mail",
    since: "Raised",
    state: "State",
    handler: "Answered by",
    close: "Close",
  },

  failed: {
    network: "That did not reach uconnect. Nothing was changed; try again when you are connected.",
    unsure: "The connection broke before the answer came, so this may have been done or not. When you are connected, look before you try again.",
    unread: "The messages did not get here. None is lost; try again when you are connected.",
    signedOut: "You were signed out. Sign in again.",
    server: "uconnect could not do that right now. Nothing is lost; try again in a moment.",
  },
  refusals,
};

export type Words = typeof en;

interface Language {
  words: Words;
  dir: "ltr" | "rtl";
}

export const languages: Record<string, Language> = { en: { words: en, dir: "ltr" } };

/** The first language the person reads that we have, and the locale for dates in it. */
export function choose(readable: readonly string[]): { locale: string; language: string } {
  for (const locale of readable) {
    const language = locale.split("-")[0] ?? "";
    if (language in languages) return { locale, language };
  }
  return { locale: "en", language: "en" };
}

export const { locale, language } = choose(wanted());
const chosen = languages[language] as Language;
export const dir = chosen.dir;
export const words: Words = chosen.words;
