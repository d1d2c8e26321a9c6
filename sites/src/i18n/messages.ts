// Every text of the sites is in two tables for each language: here and in page-messages.ts. To add a language,
// translate both. This table is loaded with the first page.

import { isolateArguments } from "./isolate";
import { preferredLocales } from "./locale";

export const plural = (n: number, one: string, other: string): string => `${n} ${n === 1 ? one : other}`;

/** Says by how many minutes a device's clock is off; a positive number is fast. */
function clockOffMessage(minutes: number): string {
  const n = Math.abs(minutes);
  const duration = n < 120 ? plural(n, "minute", "minutes") : plural(Math.round(n / 60), "hour", "hours");
  return `The clock on this device is ${duration} ${minutes > 0 ? "fast" : "slow"}.`;
}

const en = {
  product: "uconnect",
  site: { user: "You", school: "School", worker: "Worker" },

  auth: {
    user: "Ask a school of your university a question, and read its answers in one thread.",
    school: "Answer the questions sent to your school, or give them to your workers.",
    worker: "Answer the threads your school gives you. You see the question, not who asked it.",
    signIn: "Sign in",
    signUp: "Create an account",
    signedOut: "You were signed out. Sign in to continue.",
    signedOutKept:
      "You were signed out. Sign in to continue. What you wrote is saved in this browser, and only your account can open it.",
    otherAccount: "Another account is now signed in on this site, so this page has stopped.",
    leaving: "Signing out. This finishes as soon as uconnect can be reached.",
    leavingText: "Until then, nothing is deleted and nothing is shown here.",
    notFinished: "Signing in did not finish. Try again.",
    unreachable: "uconnect cannot be reached right now. Check your connection, then try again.",
    tryAgain: "Try again",
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

  connection: {
    lost: "Reconnecting… Your messages are kept",
    silent: "No answer from the server yet. Your messages are kept",
    blocked: "This network blocks live updates. New messages appear every few seconds",
    offline: "You are offline. Your messages are kept",
    reload: "uconnect was updated. Reload to continue",
    reloadNow: "Reload",
  },

  nav: {
    main: "Main",
    threads: "Threads",
    inbox: "Inbox",
    raised: "Questions we asked",
    schools: "Find a school",
    otherSchools: "Other schools",
    raisedShort: "Asked",
    schoolsShort: "Schools",
    workers: "Workers",
    overview: "Overview",
    settings: "Settings",
    skip: "Skip to content",
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
    empty: "No questions yet",
    emptyText: "When you ask a school a question, its thread appears here. It stays until you delete it.",
    pick: "Choose a thread to read it",
    pickText: "Answers appear here as soon as they are sent.",
  },
  raised: {
    empty: "No questions yet",
    emptyText: "When you ask another school a question, its thread appears here. It stays until you delete it.",
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
    empty: "No questions yet",
    emptyText: "Questions to your school appear here as soon as they are sent.",
    inviteText: "Your workers can help to answer them.",
    invite: "Invite a worker",
    emptyFilter: "No threads here right now",
    pickText: "Messages appear here as soon as they are sent.",
    showAll: "Show all threads",
    anyWorker: "Any worker",
    byWorker: "Worker",
    noneOpen: "No open threads",
    noneOpenText: "Ended threads are under “Ended”.",
    with: (name: string) => `With ${name}`,
  },
  queue: {
    available: "Available",
    empty: "No threads right now",
    emptyText: "Threads that your school gives you appear here.",
    requester: "Requester",
    pickText: "You see the question, not who asked it.",
  },

  thread: {
    title: "Thread",
    loading: "Loading messages",
    typing: (who: string) => `${who} is typing…`,
    formerWorker: "A former worker",
    theSchool: "The school",
    someone: "Someone",
  },

  details: {
    title: "About this thread",
  },

  errors: {
    network: "uconnect could not be reached. Nothing was changed. Try again when you are online.",
    unsure:
      "The connection was lost before uconnect answered, so this may or may not be done. When you are online, check before you try again.",
    unread: "The messages could not be loaded. They are not lost. Try again when you are online.",
    signedOut: "You were signed out. Sign in again.",
    server: "uconnect could not answer right now. Try again in a moment.",
  },
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
export const messages: Messages = isolateArguments(chosen.messages);

/** The server's refusals, by their code. Until page-messages.ts is loaded, they are shown in the server's own words. */
export const refusals: Record<string, string | undefined> = {};
