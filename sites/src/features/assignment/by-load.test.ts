import { expect, test } from "vitest";
import type { WorkerCard } from "../../api/types";
import { byLoad } from "./by-load";

const worker = (name: string, load: number, joined = true): WorkerCard => ({
  id: name,
  name,
  email: "",
  joined,
  available: true,
  load,
  waiting: 0,
});

test("who has the fewest open threads comes first, and of equals the name decides", () => {
  const team = [worker("Zoe", 1), worker("Émile", 0), worker("Ann", 1), worker("New", 0, false), worker("Eve", 0)];
  expect(byLoad(team).map(({ name }) => name)).toEqual(["Émile", "Eve", "Ann", "Zoe"]);
  expect(team[0]?.name).toBe("Zoe");
});

test("who had the thread before comes first, and who handed it back or is not available last", () => {
  const away = { ...worker("Away", 0), available: false };
  const team = [worker("Free", 0), worker("Back", 0), away, worker("Known", 7), worker("Busy", 3), worker("Old", 8)];
  const past = new Map([
    ["Known", "had"],
    ["Old", "had"],
    ["Back", "handedBack"],
    ["Away", "had"],
  ] as const);
  expect(byLoad(team, past).map(({ name }) => name)).toEqual(["Known", "Old", "Free", "Busy", "Away", "Back"]);
  expect(byLoad(team).map(({ name }) => name)).toEqual(["Back", "Free", "Busy", "Known", "Old", "Away"]);
});
