// Writes a table as CSV (RFC 4180), which spreadsheets open.

import type { Cell } from "./figures";

const BYTE_ORDER_MARK = "\uFEFF"; // without it, Excel reads another encoding
/** What a spreadsheet would take for a formula, and run. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

export const toCsv = (rows: readonly (readonly Cell[])[]): string =>
  BYTE_ORDER_MARK + rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");

function quoted(cell: Cell): string {
  if (typeof cell === "number") return String(cell);
  return `"${(FORMULA.test(cell) ? `'${cell}` : cell).replaceAll('"', '""')}"`;
}
