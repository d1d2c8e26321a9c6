import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { messages } from "../../i18n/messages";
import { MemoryStorage } from "../../../testing/fake-browser";
import { TestBrowser, config, settle } from "../../../testing/test-page";

const openid = vi.hoisted(() => ({
  prepare: vi.fn(),
  endSession: vi.fn(),
  refreshTokens: vi.fn(),
}));
vi.mock("../../auth/openid", () => openid); // the issuer: its protocol is a library's and is tested against the real one
vi.mock("../../browser/theme", () => ({}));
vi.mock("preact", async (preact) => ({ ...(await preact<typeof import("preact")>()), render: () => undefined }));

const SIGNED_OUT_URL = new URL("https://home.example/sign-out");
let browser: TestBrowser;
let assign: ReturnType<typeof vi.fn>;
let reload: ReturnType<typeof vi.fn>;

beforeEach(() => {
  browser = new TestBrowser().install();
  [assign, reload] = [vi.fn(), vi.fn()];
  const href = "https://home.example/user/";
  const root = { replaceChildren: () => undefined };
  vi.stubGlobal("location", { href, pathname: "/user/", hash: "", search: "", assign, reload });
  vi.stubGlobal(
    "document",
    Object.assign(browser.document, { documentElement: {}, getElementById: () => root, querySelector: () => null }),
  );
  vi.stubGlobal("window", { visualViewport: undefined });
  vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit) =>
    String(url) === "config.json" ? Response.json(config) : browser.server.fetch(url, init),
  );
});

afterEach(async () => {
  const { session } = await import("../../sync/store");
  (session as typeof session | undefined)?.socket.stop(); // what is under way must end while the browser is there
  await settle();
  browser.remove();
  vi.resetAllMocks();
});

const store = (key: string, value: string) => browser.storage.setItem(key, value);

const storeTokens = (account: string) =>
  store(
    "user:tokens",
    JSON.stringify({ account, access: "token", refresh: "refresh", id: null, until: Date.now() + 900_000 }),
  );

/** Loads the site in a tab, with modules of its own. */
async function load(): Promise<void> {
  vi.resetModules();
  const { startSite } = await import("./start");
  await import("./finish-sign-out"); // a browser fetches it beside the page
  startSite({ App: () => null, pages: ["threads"], shelves: ["raised"] });
}

/** Opens the site in a tab in which Uma is signed in. */
async function open(): Promise<void> {
  storeTokens("Uma");
  await load();
  await settle();
}

/** Another tab changes the storage. This tab is notified. */
function changeElsewhere(key: string, newValue: string | null): void {
  if (newValue === null) browser.storage.removeItem(key);
  else store(key, newValue);
  browser.window.dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
}

/** Whether the page shows the account. */
const isAppShown = async (): Promise<boolean> => (await import("./start")).phase.peek().t === "app";

const requestSignOutElsewhere = (party = "party") => changeElsewhere("user:leaving", JSON.stringify({ party }));

test("a tab finishes the sign-out of another tab, which may be closed", async () => {
  await open();
  store("user:party:draft:thread", "sealed");
  store("user:another:draft:thread", "sealed");
  openid.endSession.mockRejectedValueOnce(new TypeError("network")).mockResolvedValueOnce(SIGNED_OUT_URL);
  requestSignOutElsewhere();
  await settle(10_100);
  expect(openid.endSession).toHaveBeenCalledTimes(2);
  const kept = Object.keys(browser.storage).filter((key) => key.startsWith("user:"));
  expect(kept).toEqual(["user:another:draft:thread"]);
  expect(assign).toHaveBeenCalledExactlyOnceWith(SIGNED_OUT_URL);
});

test("a tab keeps the drafts of its own account when it finishes the sign-out of another account", async () => {
  await open();
  const { account } = await import("../../sync/store");
  const ownAccount = await vi.waitFor(() => account.peek() ?? expect.fail("not opened"));
  ownAccount.drafts.write("thread", { text: "Not sent yet.", subject: "" });
  expect(ownAccount.hasStoredText).toBe(true);
  openid.endSession.mockResolvedValueOnce(SIGNED_OUT_URL);
  requestSignOutElsewhere("another");
  await settle();
  expect(assign).toHaveBeenCalledOnce();
  expect(ownAccount.hasStoredText).toBe(true);
});

test("a tab stops trying to sign out after another tab has done it", async () => {
  await open();
  openid.endSession.mockRejectedValueOnce(new TypeError("network"));
  requestSignOutElsewhere();
  await settle();
  changeElsewhere("user:leaving", null);
  changeElsewhere("user:tokens", null);
  await settle(60_000);
  expect(openid.endSession).toHaveBeenCalledOnce();
  expect([assign.mock.calls, reload.mock.calls]).toEqual([[], []]);
});

test("a tab does not sign out the next person after another tab has signed out the last one", async () => {
  await open();
  openid.endSession.mockRejectedValueOnce(new TypeError("network"));
  requestSignOutElsewhere();
  await settle();
  changeElsewhere("user:leaving", null);
  storeTokens("Tomas");
  await settle(60_000);
  expect(openid.endSession).toHaveBeenCalledOnce();
  expect(reload).toHaveBeenCalledOnce();
  expect(browser.storage.getItem("user:tokens")).toContain("Tomas");
});

test("of several tabs that sign out the same party at once, one does it", async () => {
  await open();
  requestSignOutElsewhere();
  openid.endSession.mockImplementation(() => new Promise((resolve) => setTimeout(() => resolve(SIGNED_OUT_URL), 100)));
  await load(); // while the first tab signs out
  await load();
  await settle(60_000);
  expect(openid.endSession).toHaveBeenCalledOnce();
  expect(assign).toHaveBeenCalledOnce();
});

describe("a page that the browser shows again as it was left", () => {
  const restore = () => browser.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: true }));

  test.each([
    ["its account has signed out", () => browser.storage.removeItem("user:tokens")],
    ["another account has signed in", () => storeTokens("Tomas")],
    ["its account is signing out", () => store("user:leaving", JSON.stringify({ party: "party" }))],
  ])("is loaded anew, with nothing of its account in sight, if %s", async (_, change) => {
    await open();
    change();
    restore();
    expect(reload).toHaveBeenCalledOnce();
    expect(await isAppShown()).toBe(false);
  });

  test("goes on if its account is still signed in", async () => {
    await open();
    restore();
    expect(reload).not.toHaveBeenCalled();
    expect(await isAppShown()).toBe(true);
  });

  test("is loaded anew if it was the sign-in page, whose button is still busy", async () => {
    await load();
    await settle();
    restore();
    expect(reload).toHaveBeenCalledOnce();
  });

  test("is not loaded anew when it is shown for the first time", async () => {
    await open();
    browser.window.dispatchEvent(Object.assign(new Event("pageshow"), { persisted: false }));
    expect(reload).not.toHaveBeenCalled();
  });
});

test("signing out hides the account at once, before the issuer has answered", async () => {
  await open();
  openid.endSession.mockImplementation(() => new Promise(() => undefined));
  const { signOut } = await import("./start");
  signOut();
  expect(await isAppShown()).toBe(false);
});

test("who leaves for good is signed out at the issuer too, and reads why when they are back", async () => {
  await open();
  vi.stubGlobal("sessionStorage", new MemoryStorage());
  openid.endSession.mockResolvedValueOnce(SIGNED_OUT_URL);
  const { signOutForGood } = await import("./start");
  signOutForGood("Your account is closed.");
  await settle();
  expect(assign).toHaveBeenCalledExactlyOnceWith(SIGNED_OUT_URL);
  expect(browser.storage.getItem("user:tokens")).toBeNull();
});

describe("drafts on a shared machine", () => {
  const kept = () => Object.entries(browser.storage).filter(([name]) => name.startsWith("user:"));

  async function writeDraft() {
    await open();
    const { account } = await import("../../sync/store");
    const ownAccount = await vi.waitFor(() => account.peek() ?? expect.fail("not opened"));
    ownAccount.drafts.write("thread", { text: "Not for others", subject: "" });
    expect(ownAccount.hasStoredText).toBe(true);
  }

  test.each([
    ["the session is revoked", async () => void changeElsewhere("user:tokens", null)],
    [
      "the API accepts the tokens no more",
      async () => {
        vi.stubGlobal("fetch", async () => Response.json({}, { status: 401 }));
        openid.refreshTokens.mockResolvedValue(null);
        const { session } = await import("../../sync/store");
        await expect(session.call("me")).rejects.toThrow();
      },
    ],
  ])("cannot be read after a forced sign-out: %s", async (_, end) => {
    await writeDraft();
    await end();
    await settle();
    expect(kept().map(([name]) => name)).not.toContain("user:tokens");
    expect(kept().some(([, value]) => /Not for others|subject of Uma|Uma/.test(String(value)))).toBe(false);
    expect(await isAppShown()).toBe(false);
  });

  test.each([
    ["the server ends the connection", async () => browser.server.push({ t: "bye", code: "ended" })],
    [
      "the server refuses a call",
      async () => {
        const body = { t: "refused", code: "account_ended", sentence: "Ended." };
        browser.server.responses.set("GET /me", { status: 403, body });
        const { session } = await import("../../sync/store");
        await expect(session.call("me")).rejects.toThrow();
      },
    ],
  ])("are deleted when the account has ended: %s", async (_, end) => {
    await writeDraft();
    await end();
    await settle();
    expect(kept()).toEqual([]);
  });
});

test("the focus moves before the next frame, once the part that keeps it is loaded", async () => {
  const { withFocus } = await import("./start");
  await new Promise<void>((resolve) => withFocus(() => resolve()));
  let isMoved = false;
  withFocus(() => void (isMoved = true));
  await Promise.resolve();
  expect(isMoved).toBe(true);
});

test("an error that nothing has handled is shown", async () => {
  await open();
  const { toasts } = await import("../../ui/toast");
  const reason = new Error("unforeseen");
  browser.window.dispatchEvent(Object.assign(new Event("unhandledrejection"), { reason }));
  browser.window.dispatchEvent(Object.assign(new Event("error"), { error: reason }));
  browser.window.dispatchEvent(Object.assign(new Event("error"), { error: null, message: "ResizeObserver loop" }));
  expect(toasts.peek().map(({ text }) => text)).toEqual([messages.errors.server, messages.errors.server]);
});
