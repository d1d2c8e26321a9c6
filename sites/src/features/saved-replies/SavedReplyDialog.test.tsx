// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../../api/client";
import type { SavedReply } from "../../api/types";
import { savedReplies } from "../../sync/saved-replies";
import { account, type Session, setSession } from "../../sync/store";
import type { Account } from "../../sync/account";
import { storageNamespace } from "../../browser/storage";
import { MemoryStorage } from "../../../testing/fake-browser";
import { Overlay } from "../../ui/Overlay";
import { NEW_REPLY, SavedReplyDialog } from "./SavedReplyDialog";

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));

const HOURS: SavedReply = { id: "hours", folder: "Office", title: "Hours", text: "From nine." };
let stored: SavedReply[];
let sent: [string, unknown, string | undefined][];
const close = vi.fn();

beforeEach(() => {
  stored = [HOURS];
  sent = [];
  close.mockReset();
  account.value = { storage: storageNamespace(new MemoryStorage(), "school:party") } as Account;
  savedReplies.value = { replies: stored, most: 100 };
  const call = async (name: string, body: object, id?: string) => {
    if (name === "listSavedReplies") return { replies: stored, most: 100 };
    sent.push([name, body, id]);
    if (name === "changeSavedReply" && !stored.some((it) => it.id === id)) throw new ApiError(404, "not_found", "");
    return {};
  };
  setSession({ call, socket: { reconnect: vi.fn() } } as unknown as Session);
});
afterEach(cleanup);

function draw(reply: typeof NEW_REPLY) {
  render(
    <>
      <SavedReplyDialog reply={reply} folders={["Office"]} close={close} />
      <Overlay />
    </>,
  );
}
const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const save = () => fireEvent.click(screen.getByRole("button", { name: "Save" }));
const saved = (times = 1) => vi.waitFor(() => expect(sent).toHaveLength(times));

test("a new reply is cleaned and saved under a key of its own", async () => {
  draw(NEW_REPLY);
  type("Title", "  A lost\u200b card ");
  type("Text", "Come to {school}.\n");
  save();
  await saved();
  const [name, body] = sent[0] as [string, { key: string }, undefined];
  expect(name).toBe("addSavedReply");
  expect(body).toEqual({ key: body.key, folder: "", title: "A lost card", text: "Come to {school}." });
  expect(body.key).toMatch(/^[\w-]{24}$/);
  await vi.waitFor(() => expect(close).toHaveBeenCalled());
});

test("nothing is sent without a title or a text, and each says what is missing", () => {
  draw(NEW_REPLY);
  save();
  expect(screen.getByText("Enter a title, so that you can find it.")).toBeTruthy();
  expect(screen.getByText("Enter the text.")).toBeTruthy();
  type("Title", "x".repeat(81));
  type("Text", "x".repeat(2_001));
  save();
  expect(screen.getAllByText(/1 character too long/)).toHaveLength(2);
  expect(sent).toEqual([]);
});

test("a word in braces that nothing fills in is told at once", () => {
  draw(NEW_REPLY);
  type("Text", "Hello {name}, {school}");
  expect(screen.getByText("{name} stays as it is. Only {school} is filled in.")).toBeTruthy();
});

test("only what was changed here is saved", async () => {
  draw(HOURS);
  type("Folder (optional)", "Desk");
  stored = [{ ...HOURS, text: "From ten." }]; // a colleague has changed the text
  save();
  await saved();
  expect(sent).toEqual([["changeSavedReply", { folder: "Desk" }, "hours"]]);
});

test("what a colleague changed in the same field is shown before anything is saved", async () => {
  draw(HOURS);
  type("Text", "From eight.");
  stored = [{ ...HOURS, text: "From ten." }];
  save();
  await screen.findByText(/was changed elsewhere.*From ten\./);
  expect(sent).toEqual([]);
  save();
  await saved();
  expect(sent).toEqual([["changeSavedReply", { text: "From eight." }, "hours"]]);
});

test("a reply that was deleted meanwhile can be saved as a new one", async () => {
  draw(HOURS);
  type("Text", "From eight.");
  stored = [];
  save();
  await screen.findByText(/was deleted elsewhere/);
  expect(screen.getByLabelText<HTMLTextAreaElement>("Text").value).toBe("From eight.");
  save();
  await saved(2);
  expect(sent[1]?.[0]).toBe("addSavedReply");
  expect(sent[1]?.[1]).toMatchObject({ folder: "Office", title: "Hours", text: "From eight." });
});

test("what was changed is not thrown away without a question", async () => {
  draw(HOURS);
  const closeButton = screen.getByRole("button", { name: "Close" });
  fireEvent.click(closeButton);
  await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(1));
  type("Title", "Opening hours");
  fireEvent.click(closeButton);
  fireEvent.click(await screen.findByRole("button", { name: "Keep editing" }));
  expect(close).toHaveBeenCalledTimes(1);
  fireEvent.click(closeButton);
  fireEvent.click(await screen.findByRole("button", { name: "Discard" }));
  await vi.waitFor(() => expect(close).toHaveBeenCalledTimes(2));
});

test("what is typed is there after a reload, until it is saved or discarded", async () => {
  draw(NEW_REPLY);
  type("Title", "A lost card");
  type("Text", "Come to {school}.");
  await vi.waitFor(() => expect(account.value?.storage.keys("form.")).toEqual(["form.reply.new"]));
  cleanup();
  draw({ ...HOURS }); // another reply has what it had
  expect(screen.getByLabelText<HTMLInputElement>("Title").value).toBe("Hours");
  cleanup();
  draw(NEW_REPLY);
  expect(screen.getByText("This is what you wrote before, and did not save.")).toBeTruthy();
  expect(screen.getByLabelText<HTMLInputElement>("Title").value).toBe("A lost card");
  save();
  await saved();
  expect(sent[0]?.[1]).toMatchObject({ title: "A lost card", text: "Come to {school}." });
  await vi.waitFor(() => expect(close).toHaveBeenCalled());
  expect(account.value?.storage.keys("form.")).toEqual([]);
  cleanup();
  draw(NEW_REPLY);
  expect(screen.queryByText("This is what you wrote before, and did not save.")).toBeNull();
});
