// What the palette offers: what can be done on this page, the pages, the threads that are loaded, the schools that a search
// finds, and the settings. All of it is something that this person sees elsewhere.

import type { SchoolCard } from "../../api/types";
import { navigate } from "../../browser/route";
import { singleKeys } from "../../browser/single-keys";
import { theme, type Theme } from "../../browser/theme";
import { searchKey } from "../../i18n/compare-text";
import { pageMessages } from "../../i18n/page-messages";
import { knownRows } from "../../sync/store";
import { placeOfRow } from "../thread-list/place-of-row";
import { askToSignOut } from "../settings/sign-out";
import { isUsable, use } from "./controls";
import { commandOnPage } from "./keys";

export interface Command {
  label: string;
  /** It is shown beside the label, and searched too. */
  note?: string;
  /** The key that does the same. */
  key?: string | undefined;
  run: () => unknown;
}

export interface Group {
  title: string;
  commands: readonly Command[];
}

const CONTROLS = "button, a.button, a.back-link, .filter input, .list-sort select, [aria-keyshortcuts]";
/** What is read, chosen in a list, or there for the keyboard alone. */
const NO_COMMANDS = '[role="log"], .thread-rows, .time-button, .skip-link, .palette-button, .palette';
const THEMES: readonly Theme[] = ["auto", "light", "dark"];
/** How many commands of a group are shown before anything is typed, and after it. */
const MOST = { untyped: 5, typed: 8 };

const { keyboard: texts, settings } = pageMessages;

/** The name of a control as it is read. */
function nameOf(control: HTMLElement): string {
  const label = control.getAttribute("aria-label");
  if (label !== null) return label;
  const group = control.closest("fieldset")?.querySelector("legend")?.innerText;
  const text = control.closest("label")?.innerText ?? control.innerText;
  return (group ? `${group}: ${text}` : text).replace(/\s+/g, " ").trim();
}

/** The controls that can be used now, those with a key first. While a dialog is open, they are those of the dialog. */
export function pageCommands(): Command[] {
  const root = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
  return [...root.querySelectorAll<HTMLElement>(CONTROLS)]
    .filter((control) => isUsable(control) && !control.closest(NO_COMMANDS) && !control.matches(":checked"))
    .flatMap(commandsOf)
    .sort((a, b) => Number(b.key !== undefined) - Number(a.key !== undefined));
}

function commandsOf(control: HTMLElement): Command[] {
  if (control instanceof HTMLSelectElement) return optionCommands(control);
  const key = control.getAttribute("aria-keyshortcuts") ?? undefined;
  const inside = control.dataset["menuKey"];
  const own = { label: texts.keys[key ?? ""] ?? nameOf(control), key, run: () => use(control) };
  const inMenu = { label: texts.keys[inside ?? ""] ?? "", key: inside, run: () => commandOnPage(inside ?? "")?.() };
  return inside ? [own, inMenu] : [own];
}

/** Each option that is not chosen. */
const optionCommands = (select: HTMLSelectElement): Command[] =>
  [...select.options]
    .filter(({ selected }) => !selected)
    .map(({ value, text }) => ({
      label: `${nameOf(select)}: ${text}`,
      run: () => {
        select.value = value;
        select.dispatchEvent(new Event("change", { bubbles: true }));
      },
    }));

const pages = (): Command[] =>
  [...document.querySelectorAll<HTMLElement>(".tabs a:not([aria-current='page'])")].map((tab) => ({
    label: nameOf(tab),
    run: () => tab.click(),
  }));

const threads = (): Command[] =>
  knownRows()
    .sort((a, b) => b.at - a.at)
    .map((row) => {
      const { name, page } = placeOfRow(row);
      return { label: row.subject, note: name, run: () => navigate(page, row.id) };
    });

const ask = ({ id, name }: SchoolCard): Command => ({ label: name, run: () => navigate("schools", id) });

const settingsCommands = (showHelp: () => void): Command[] => [
  { label: texts.help, key: singleKeys.peek() ? "?" : undefined, run: showHelp },
  ...THEMES.map((value) => ({
    label: `${settings.theme}: ${settings.themes[value]}`,
    run: () => (theme.value = value),
  })),
  { label: settings.signOut, run: askToSignOut },
];

interface Offered {
  /** As it is typed. */
  text: string;
  /** Those of the page that the palette covers. */
  page: readonly Command[];
  /** Those that the server found with the text. */
  schools: readonly SchoolCard[];
  showHelp: () => void;
}

/** The commands that have all words of the text, in groups. A group without any is left out. */
export function groupsFor({ text, page, schools, showHelp }: Offered): Group[] {
  const words = searchKey(text).split(" ");
  const isFound = ({ label, note = "" }: Command): boolean => {
    const key = searchKey(`${label} ${note}`);
    return words.every((word) => key.includes(word));
  };
  const most = text ? MOST.typed : MOST.untyped;
  const found = (commands: readonly Command[], limit = most): Command[] => commands.filter(isFound).slice(0, limit);
  const tabs = pages();
  const { page: here, goTo, threads: loaded, schools: toAsk, settings: own } = texts.groups;
  return [
    { title: here, commands: found(page.filter(({ label }) => !tabs.some((tab) => tab.label === label))) },
    { title: goTo, commands: found(tabs, Infinity) },
    { title: loaded, commands: found(threads()) },
    {
      title: toAsk,
      commands: schools
        .filter(({ takes }) => takes)
        .slice(0, most)
        .map(ask),
    },
    { title: own, commands: found(settingsCommands(showHelp)) },
  ].filter(({ commands }) => commands.length > 0);
}
