import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { TestBrowser, config, settle } from "../../../testing/test-page";

const openid = vi.hoisted(() => ({ endSession: vi.fn() }));
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
  vi.stubGlobal("document", Object.assign(browser.document, { documentElement: {}, getElementById: () => root }));
  vi.stubGlobal("window", { visualViewport: undefined });
  vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit) =>
    String(url) === "config.json" ? Response.json(config) : browser.server.fetch(url, init),
  );
});

afterEach(() => {
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
