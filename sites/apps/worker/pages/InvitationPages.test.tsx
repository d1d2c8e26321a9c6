// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { config } from "../../../testing/test-page";
import { ApiError } from "../../../src/api/client";
import { Auth } from "../../../src/auth/auth";
import { storageNamespace } from "../../../src/browser/storage";
import { type Session, setSession } from "../../../src/sync/store";
import { InvitationChoicePage } from "./InvitationPages";

const notFound = new ApiError(404, "not_found", "Not found.");
const notInvited = new ApiError(403, "not_invited", "Nobody has invited you.");
let invitations: { id: string; school: string }[];
let onJoined: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  invitations = [{ id: "i".repeat(22), school: "School of Law" }];
  onJoined = vi.fn<() => void>();
});

afterEach(cleanup);

/**
 * Shows the page, and accepts the only invitation, which the server does not know by then. `me` answers whether the
 * person is a worker.
 */
async function acceptTooLate(me: () => Promise<object>): Promise<void> {
  const call = async (name: string) => {
    if (name === "listInvitations") return { invitations };
    if (name === "me") return me();
    invitations = [];
    throw notFound;
  };
  setSession({ config, call } as unknown as Session);
  const auth = new Auth(config, storageNamespace(null, "worker"), storageNamespace(null, "worker"));
  render(<InvitationChoicePage config={config} auth={auth} onJoined={onJoined} />);
  fireEvent.click(await screen.findByRole("button", { name: "Accept" }));
}

test("an invitation that another tab has accepted opens the site in this tab too", async () => {
  await acceptTooLate(async () => ({}));
  await vi.waitFor(() => expect(onJoined).toHaveBeenCalledOnce());
  expect(document.querySelector(".error-text")).toBeNull();
});

test("an invitation that the school has taken back is over, and the page lists it no more", async () => {
  await acceptTooLate(async () => {
    throw notInvited;
  });
  expect((await screen.findByRole("alert")).textContent).toBe("This invitation is no longer valid.");
  await vi.waitFor(() => expect(screen.queryByRole("button", { name: "Accept" })).toBeNull());
  expect(onJoined).not.toHaveBeenCalled();
});
