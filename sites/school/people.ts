// A school sees who raised a thread, whose hands it is in and who wrote each message, by the names it knows.

import { effect } from "@preact/signals";
import type { Message } from "../common/arrange";
import type { Person, SchoolRow } from "../common/protocol";
import { loadTeam } from "../common/resume";
import { me, people, rows, session, team } from "../common/session";
import { words } from "../common/words";
import { isReceived } from "./inbox";

export const ownerOf = (row: SchoolRow): Person | undefined => people.value.get(row.owner);
export const ownerName = (row: SchoolRow): string => ownerOf(row)?.name ?? words.thread.someone;

export const workerName = (id: string): string =>
  team.value?.workers.find((worker) => worker.id === id)?.name ?? words.thread.formerWorker;

export const authorIn =
  (row: SchoolRow) =>
  (message: Message): string | null => {
    if (message.as !== "school") return null;
    if (message.author === row.owner) return ownerName(row);
    return message.author === me.value?.id ? me.value.name : workerName(message.author);
  };

/** A thread with a worker we do not know yet: one joined since we asked. Call once. */
export function followTeam(): void {
  let asked = "";
  effect(() => {
    const known = new Set(team.value?.workers.map((worker) => worker.id));
    const unknown = rows.value.find((row) => isReceived(row) && row.worker !== null && !known.has(row.worker));
    const id = unknown && isReceived(unknown) ? (unknown.worker ?? "") : "";
    if (!team.value || !id || id === asked) return;
    asked = id;
    if (session.socket.state.peek() === "open") void loadTeam().catch(() => undefined);
  });
}
