// Whom a thread is with, as the lists show it, and the page of its list.

import type { Row } from "../../api/protocol";
import { personName, session } from "../../sync/store";
import { schoolName } from "../raise/raised-threads";

const raisedPage = (): string => (session.config.site === "school" ? "raised" : "threads");

export function placeOfRow(row: Row): { name: string; page: string } {
  if (row.as === "school") return { name: personName(row.owner), page: "inbox" };
  if (row.as === "worker") return { name: row.alias, page: "threads" };
  return { name: schoolName(row), page: raisedPage() };
}
