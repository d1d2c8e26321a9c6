// Finds the marks in a text: quotes, lists, code, bold and italic (decision 0057). What is stored and sent is the text as
// it was typed. Which marks it has follows from the text alone, so every viewer sees the same.

export type Inline = string | { t: "strong" | "em"; parts: readonly Inline[] } | { t: "code"; text: string };

export type Block =
  | { t: "text"; parts: readonly Inline[] }
  | { t: "code"; text: string }
  | { t: "quote"; blocks: readonly Block[] }
  /** `start`: the number of the first item; null for a list without numbers. */
  | { t: "list"; start: number | null; items: readonly (readonly Inline[])[] };

const MAY_HAVE_MARK = /[*_`]|^(>|[-•] |\d)/m;
const FENCE = /^```\w*$/;
const QUOTE = /^> ?/;
const BULLET = /^[-*•] +(?=\S)/;
const NUMBER = /^(\d{1,3})[.)] +(?=\S)/;
const LETTER = /[\p{L}\p{N}]/u;
const MOST_QUOTES = 3; // in each other
/** A text without any mark needs no look at its lines. */
export const mayHaveMarks = (text: string): boolean => MAY_HAVE_MARK.test(text);

export function parseBlocks(text: string, depth = 0): readonly Block[] {
  const lines = text.split("\n");
  const blocks: Block[] = [];
  let plain: string[] = [];
  const endPlain = () => {
    const joined = plain.join("\n").replace(/^\n+|\s+$/g, ""); // a block has its own space around it
    if (joined) blocks.push({ t: "text", parts: parseInline(joined) });
    plain = [];
  };
  for (let at = 0; at < lines.length;) {
    const found = blockAt(lines, at, depth);
    if (found) {
      endPlain();
      blocks.push(found.block);
      at = found.next;
    } else plain.push(lines[at++] as string);
  }
  endPlain();
  return blocks;
}

interface Found {
  block: Block;
  /** The line after it. */
  next: number;
}

function blockAt(lines: readonly string[], at: number, depth: number): Found | null {
  const line = lines[at] as string;
  if (FENCE.test(line)) return codeAt(lines, at);
  if (QUOTE.test(line) && depth < MOST_QUOTES) {
    const next = endOf(lines, at, (each) => QUOTE.test(each));
    const quoted = lines.slice(at, next).map((each) => each.replace(QUOTE, ""));
    return { block: { t: "quote", blocks: parseBlocks(quoted.join("\n"), depth + 1) }, next };
  }
  return listAt(lines, at);
}

/** Between two lines of three backticks. One line alone is a text. */
function codeAt(lines: readonly string[], at: number): Found | null {
  const end = lines.indexOf("```", at + 1);
  return end < 0 ? null : { block: { t: "code", text: lines.slice(at + 1, end).join("\n") }, next: end + 1 };
}

/** A list has two items or more: one line may begin with a dash or a date. Its numbers follow each other as typed. */
function listAt(lines: readonly string[], at: number): Found | null {
  const line = lines[at] as string;
  const start = Number(NUMBER.exec(line)?.[1] ?? NaN);
  const isItem = Number.isNaN(start)
    ? (each: string) => BULLET.test(each)
    : (each: string, n: number) => NUMBER.exec(each)?.[1] === String(start + n);
  const next = endOf(lines, at, isItem);
  if (next - at < 2) return null;
  const items = lines.slice(at, next).map((each) => parseInline(each.replace(BULLET, "").replace(NUMBER, "")));
  return { block: { t: "list", start: Number.isNaN(start) ? null : start, items }, next };
}

/** The first line from `at` on that does not belong to what begins there. */
function endOf(lines: readonly string[], at: number, belongs: (line: string, n: number) => boolean): number {
  let end = at;
  while (end < lines.length && belongs(lines[end] as string, end - at)) end++;
  return end;
}

const MARKS = { "**": "strong", _: "em" } as const;
type Delimiter = keyof typeof MARKS;

/** The marks of a text, in one pass: an end that was not found for a mark is not looked for again. */
export function parseInline(text: string): readonly Inline[] {
  const parts: Inline[] = [];
  const missing = new Set<string>();
  let from = 0;
  for (let at = 0; at < text.length;) {
    const found = missing.has(`${text[at]}`) ? null : markAt(text, at, missing);
    if (!found) at++;
    else {
      if (at > from) parts.push(text.slice(from, at));
      parts.push(found.part);
      from = at = found.next;
    }
  }
  if (from < text.length) parts.push(text.slice(from));
  return parts;
}

function markAt(text: string, at: number, missing: Set<string>): { part: Inline; next: number } | null {
  if (text[at] === "`") {
    const end = text.indexOf("`", at + 1);
    if (end < 0) missing.add("`");
    const inside = text.slice(at + 1, end);
    return end < 0 || !inside.trim() || inside.includes("\n")
      ? null
      : { part: { t: "code", text: inside }, next: end + 1 };
  }
  const mark: Delimiter | null = text.startsWith("**", at) ? "**" : text[at] === "_" ? "_" : null;
  if (!mark || !canOpen(text, at, mark)) return null;
  const line = text.indexOf("\n", at);
  const end = endOfMark(text, at + mark.length, line < 0 ? text.length : line, mark);
  if (end < 0) return null;
  const parts = parseInline(text.slice(at + mark.length, end));
  return { part: { t: MARKS[mark], parts }, next: end + mark.length };
}

/** An underscore stands at the edge of a word: names and addresses have it inside. Bold may begin in a word (Chinese). */
function canOpen(text: string, at: number, mark: Delimiter): boolean {
  const [before = "", after = " "] = [text[at - 1], text[at + mark.length]];
  if (/\s/.test(after) || after === mark[0]) return false;
  return mark === "_" ? before === "" || /[\s([{"'“‘«„¿¡*—–-]/.test(before) : !/[\w*/=&?#@:\\]/.test(before);
}

const MOST_LETTERS = 1_000; // between two marks: what is further away belongs to another one

function endOfMark(text: string, from: number, line: number, mark: Delimiter): number {
  const most = Math.min(line, from + MOST_LETTERS);
  for (let end = text.indexOf(mark, from); end >= 0 && end < most; end = text.indexOf(mark, end + 1)) {
    const [before = "", after = ""] = [text[end - 1], text[end + mark.length]];
    const isEnd = !/\s/.test(before) && before !== mark[0] && after !== mark[0];
    if (isEnd && !(mark === "**" ? /\w/ : LETTER).test(after)) return end;
  }
  return -1;
}

/** A text as the start of an answer: each line of it is marked as quoted. */
export const quote = (text: string): string => `${text.trim().replace(/^/gm, "> ").replace(/^> $/gm, ">")}\n\n`;
