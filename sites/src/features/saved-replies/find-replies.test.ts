import { expect, test } from "vitest";
import type { SavedReply } from "../../api/types";
import { findReplies, sortReplies } from "./find-replies";

const reply = (title: string, folder = "", text = "Hello"): SavedReply => ({ id: title, folder, title, text });
const titles = (replies: readonly SavedReply[]) => replies.map(({ title }) => title);

const replies = [
  reply("Room 10", "Rooms"),
  reply("Room 2", "Rooms"),
  reply("Opening hours"),
  reply("Deposit", "Rooms", "The deposit is paid back after six weeks."),
  reply("Café hours", "Étage", "From nine"),
  reply("証明書の再発行", "学生証", "学生課の窓口へ"),
];

test("they are listed by folder, then by title; numbers by size, and those without a folder first", () => {
  expect(titles(sortReplies(replies.slice(0, 5)))).toEqual([
    "Opening hours",
    "Café hours",
    "Deposit",
    "Room 2",
    "Room 10",
  ]);
});

test.each([
  ["", 6],
  ["zebra", 0],
  ["hours", 2],
  ["six weeks", 1],
  ["deposit rooms", 1],
  ["rooms weeks paid", 1],
  ["CAFE", 1],
  ["cafe\u0301", 1],
  ["再発行", 1],
  ["窓口", 1],
  ["  hours  ", 2],
])("%j finds %i, in titles, folders and texts, with every word", (typed, many) =>
  expect(findReplies(replies, typed)).toHaveLength(many),
);

test("first come those whose title begins with it, then a word of it, then others, last those by their text", () => {
  const found = [
    reply("Keys", "", "For the room"),
    reply("Bathroom"),
    reply("Your room"),
    reply("Other", "Room"),
    reply("Room"),
  ];
  expect(titles(findReplies(found, "room"))).toEqual(["Room", "Your room", "Bathroom", "Other", "Keys"]);
});
