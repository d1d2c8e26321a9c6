// Every text of the sites is in two tables for each language: here and in page-messages.ts. To add a language,
// translate both. This table is loaded with the first page.

import { preferredLocales } from "./locale";
import type { RefusalCode } from "../api/protocol";

export const plural = (n: number, one: string, other: string): string => `${n} ${n === 1 ? one : other}`;

/** Says by how many minutes a device's clock is off; a positive number is fast. */
function clockOffMessage(minutes: number): string {
  const n = Math.abs(minutes);
  const duration = n < 120 ? plural(n, "minute", "minutes") : plural(Math.round(n / 60), "hour", "hours");
  return `The clock of this device is ${duration} ${minutes > 0 ? "fast" : "slow"}.`;
}

/** The server's refusals. A code that this page does not know is shown in the server's own words. */
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
  still_asked:
    "Threads raised to you are still open. Only those who raised them can end them; until then you cannot close.",
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

  auth: {
    user: "Ask your university’s schools anything, and keep each question in one thread until it is settled.",
    school: "Answer the threads raised to your school, or give them to your workers.",
    worker: "Answer the threads your school gives you. You see what was asked, never who asked.",
    signIn: "Sign in",
    signUp: "Create an account",
    signedOut: "You were signed out. Sign in to go on.",
    signedOutKept:
      "You were signed out. Sign in to go on: what you had written is kept in this browser, for your account alone.",
    otherAccount:
      "Another account is signed in on this site now. This page belonged to the account before, so it has stopped.",
    continueAsOther: "Go on as the other account",
    leaving: "Signing out. It finishes by itself as soon as uconnect can be reached.",
    leavingText: "Until then nothing is deleted, and nothing is shown here.",
    notFinished: "Signing in did not finish. Try it once more.",
    unreachable: "uconnect cannot be reached right now. Check your connection, then try again.",
    tryAgain: "Try again",
    otherAddress: "Use another address",
    theirSite: "Go to that site",
    cookies:
      "This browser blocks cookies and stored data for this address, so signing in cannot work. Allow them for this address, then reload this page.",
    notStarted: (why: string) =>
      `Signing in could not begin in this browser: ${why}. Another browser, or a newer version of this one, may do.`,
    clockOff: (minutes: number) =>
      `Signing in did not finish. ${clockOffMessage(minutes)} Set the clock, then try again.`,
    ended: "This account has ended",
    endedText: "You are signed out of this site. Ask your school if you think it should not have.",
  },

  errorPage: {
    title: "uconnect stopped because of an error in this page.",
    draftsKept: "What you wrote is kept in this browser. Reload the page to continue.",
    draftsLost: "Reload the page to continue. This browser keeps nothing, so what you were writing is lost.",
    reload: "Reload",
    again:
      "If it stops again, clear what this site keeps in this browser. You are then signed out, and drafts and messages not sent yet are deleted.",
    clear: "Clear and sign out",
  },

  notices: {
    forbidden:
      "This browser stores nothing for this site. Everything works, but when you reload or close this page you are signed out, and drafts and messages not sent yet are lost.",
    full: "This browser has no room left to store anything. What you write now lasts as long as this page is open.",
    clock: (minutes: number) => `${clockOffMessage(minutes)} Times shown here are right.`,
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
  /** A page that is filtered: "Inbox: New". */
  filtered: (page: string, filter: string) => `${page}: ${filter}`,
  title: (page: string, unread: number) => `${unread ? `(${unread}) ` : ""}${page} · uconnect`,

  list: {
    open: "Open",
    ended: "Ended",
    showOlder: "Show older threads",
    showMore: "Show more threads",
    waits: (time: string) => `Waiting ${time}`,
    unread: (n: number) => plural(n, "new message", "new messages"),
    newIn: (n: number, page: string) => `${plural(n, "new message", "new messages")} in ${page}`,
    you: (text: string) => `You: ${text}`,
    us: (text: string) => `Us: ${text}`,
    draft: (text: string) => `Draft: ${text}`,
    unsent: "Not sent yet",
    loading: "Loading threads",
  },
  openThreads: { label: "Open threads", of: (open: number, most: number) => `${open} of ${most} open` },

  threads: {
    findSchool: "Find a school",
    empty: "No threads yet",
    emptyText: "When you ask a school something, the conversation stays here until you end it.",
    pick: "Choose a thread to read it",
    pickText: "The answers arrive here as they are written.",
  },
  raised: {
    empty: "You have raised no threads",
    emptyText: "Questions to another school, and its answers, stay here until you end them.",
    findSchool: "Find another school",
  },
  inbox: {
    show: "Show",
    all: "All",
    open: "Open",
    new: "New",
    us: "With us",
    worker: "With a worker",
    them: "Waiting for them",
    ended: "Ended",
    empty: "Nothing has been raised to you yet",
    emptyText: "When someone asks your school a question, it appears here.",
    inviteText: "Invite a worker to share the work of answering.",
    invite: "Invite a worker",
    emptyFilter: "Nothing here right now",
    pickText: "What people ask arrives here as they write it.",
    showAll: "Show all threads",
    anyWorker: "Any worker",
    byWorker: "Worker",
    noneOpen: "No open threads",
    noneOpenText: "Ended threads are under “Ended”.",
    with: (name: string) => `With ${name}`,
  },
  queue: {
    available: "Available",
    empty: "Nothing is with you right now",
    emptyText: "When your school gives you a thread, it is here at once.",
    requester: "Requester",
    pickText: "You see what was asked, never who asked.",
  },

  thread: {
    title: "Thread",
    loading: "Loading messages",
    gone: "This thread is not here any more",
    goneText: "It was deleted or is with someone else now, or the address is wrong.",
    goneFor: {
      raiser: "You deleted it.",
      school: "Whoever raised it has deleted it or closed their account.",
      worker: "The school took this thread back.",
      workerEnded: "It was deleted, or the school took it back.",
    },
    toList: "Back to the list",
    typing: (who: string) => `${who} is typing…`,
    formerWorker: "A former worker",
    theSchool: "The school",
    someone: "Someone",
  },

  details: {
    title: "About this thread",
  },

  errors: {
    network: "That did not reach uconnect. Nothing was changed; try again when you are connected.",
    unsure:
      "The connection broke before the answer came, so this may have been done or not. When you are connected, look before you try again.",
    unread: "The messages did not get here. None is lost; try again when you are connected.",
    signedOut: "You were signed out. Sign in again.",
    server: "uconnect could not do that right now. Nothing is lost; try again in a moment.",
  },
  refusals,
};

export type Messages = typeof en;

interface Language {
  messages: Messages;
  dir: "ltr" | "rtl";
}

export const languages: Record<string, Language> = { en: { messages: en, dir: "ltr" } };

/** The first preferred language that there are messages for, and the locale for its dates. */
export function chooseLanguage(locales: readonly string[]): { locale: string; language: string } {
  for (const locale of locales) {
    const language = locale.split("-")[0] ?? "";
    if (language in languages) return { locale, language };
  }
  return { locale: "en", language: "en" };
}

export const { locale, language } = chooseLanguage(preferredLocales());
const chosen = languages[language] as Language;
export const dir = chosen.dir;
export const messages: Messages = chosen.messages;
