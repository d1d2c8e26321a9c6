// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../api/client";
import type { SavedReply } from "../../api/types";
import { savedReplies } from "../../sync/saved-replies";
import { type Session, setSession } from "../../sync/store";
import { RenameFolderDialog } from "./RenameFolderDialog";

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));

const reply = (id: string, folder: string): SavedReply => ({ id, folder, title: id, text: "Text" });
let stored: SavedReply[];
let failures: Record<string, ApiError>;
const close = vi.fn();

beforeEach(() => {
  close.mockReset();
  failures = {};
  stored = [reply("hours", "Office"), reply("keys", "Office"), reply("card", "Cards")];
  savedReplies.value = { replies: stored.slice(1), most: 100 }; // the first is a colleague's, and new
  const call = async (name: string, body: Partial<SavedReply>, id = "") => {
    if (name === "listSavedReplies") return { replies: stored, most: 100 };
    const failure = failures[id];
    if (failure) throw failure;
    stored = stored.map((each) => (each.id === id ? { ...each, ...body } : each));
    return {};
  };
  setSession({ call, socket: { reconnect: vi.fn() } } as unknown as Session);
  render(<RenameFolderDialog folder="Office" folders={["Office", "Cards"]} close={close} />);
});
afterEach(cleanup);

const type = (name: string) =>
  fireEvent.input(screen.getByLabelText("Name of the folder"), { target: { value: name } });
const save = () => fireEvent.click(screen.getByRole("button", { name: "Save" }));
const folders = () => stored.map(({ folder }) => folder);

test("a folder is renamed with all its replies, also those that came in the meantime", async () => {
  type(" Front desk ");
  save();
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
  expect(folders()).toEqual(["Front desk", "Front desk", "Cards"]);
  expect(savedReplies.value?.replies).toEqual(stored);
});

test("a reply that was deleted in the meantime is passed over", async () => {
  failures["hours"] = new ApiError(404, "not_found", "Not found.");
  type("Front desk");
  save();
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
  expect(folders()).toEqual(["Office", "Front desk", "Cards"]);
});

test("a renaming that stops halfway says why, and moves the rest when it is saved again", async () => {
  failures["keys"] = new ApiError(503, "busy", "Nothing was changed.");
  type("Front desk");
  save();
  expect((await screen.findByRole("alert")).textContent).toContain("Nothing was changed.");
  expect(folders()).toEqual(["Front desk", "Office", "Cards"]);
  failures = {};
  save();
  await vi.waitFor(() => expect(close).toHaveBeenCalledOnce());
  expect(folders()).toEqual(["Front desk", "Front desk", "Cards"]);
});

test("a folder needs a name", () => {
  type(" ");
  save();
  expect(screen.getByText("Enter a name for the folder.")).toBeTruthy();
  expect(folders()).toEqual(["Office", "Office", "Cards"]);
});

test("it says that another folder has this name already", () => {
  type("Cards");
  expect(screen.getByText("There is a folder with this name. The replies are added to it.")).toBeTruthy();
});
