// Every text of the sites is in a table for each language: here, in sign-in-messages.ts, and in the parts of
// page-messages.ts. To add a language, translate all. This table is loaded with the first page.

import { isolateArguments } from "./isolate";
import { preferredLocales } from "./locale";

/** A whole number as it is written in the person's language: 1,000 in English. */
export const formatNumber = (n: number): string => n.toLocaleString(locale);

export const plural = (n: number, one: string, other: string): string => `${formatNumber(n)} ${n === 1 ? one : other}`;

const en = {
  product: "uconnect",
  site: { user: "You", school: "School", worker: "Worker" },

  auth: {
    signedOut: "You were signed out. Sign in to continue.",
    signedOutKept:
      "You were signed out. Sign in to continue. What you wrote is saved in this browser, and only your account can open it.",
    otherAccount: "Another account is now signed in on this site, so this page has stopped.",
    unreachable: "uconnect could not be reached. Check your connection, then try again.",
    tryAgain: "Try again",
  },

  connection: {
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
    you: (text: string) => `You: ${text}`,
    us: (text: string) => `Us: ${text}`,
    draft: (text: string) => `Draft: ${text}`,
    unsent: "Not sent yet",
    markedUnread: "Marked unread",
    newNote: "New note",
    mention: "A note mentions you",
    loading: "Loading threads",
  },
  openThreads: (open: number, most: number) => `${open} of ${most} open`,

  threads: {
    findSchool: "Find a school",
    empty: "No questions yet",
    emptyText: "When you ask a school a question, its thread appears here. It stays until you delete it.",
    pick: "Choose a thread to read it",
    pickText: "Answers appear here as soon as they are sent.",
  },
  inbox: {
    show: "Show",
    all: "All",
    open: "Open",
    new: "New",
    us: "With us",
    worker: "With a worker",
    them: "Waiting for them",
    snoozed: "Snoozed",
    ended: "Ended",
    pickText: "Messages appear here as soon as they are sent.",
    with: (name: string) => `With ${name}`,
  },
  queue: {
    available: "Available",
    availability: (is: boolean) => (is ? "You are available" : "You are not available"),
    empty: "No threads right now",
    emptyText: "Threads that your school gives you appear here.",
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
    unsure: "The connection was lost before uconnect answered, so this may be done. Look before you try again.",
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
