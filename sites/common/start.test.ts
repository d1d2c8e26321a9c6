import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Browser, config, settle } from "./kit/page";

const openid = vi.hoisted(() => ({ farewell: vi.fn() }));
vi.mock("./openid", () => openid); // the issuer: its protocol is a library's and is tested against the real one
vi.mock("./theme", () => ({}));
vi.mock("preact", async (preact) => ({ ...(await preact<typeof import("preact")>()), render: () => undefined }));

const OUT = new URL("https://home.example/sign-out");
let browser: Browser;
let location: { href: string; pathname: string; hash: string; search: string; assign: ReturnType<typeof vi.fn>; reload: ReturnType<typeof vi.fn> };

beforeEach(() => {
  browser = new Browser().install();
  const href = "https://home.example/user/";
  location = { href, pathname: "/user/", hash: "", search: "", assign: vi.fn(), reload: vi.fn() };
  vi.stubGlobal("location", location);
  vi.stubGlobal("document", Object.assign(browser.document, { documentElement: {}, getElementById: () => ({ replaceChildren: () => undefined }) }));
  vi.stubGlobal("window", { visualViewport: undefined });
  vi.stubGlobal("fetch", async (url: URL | string, init: RequestInit) =>
    String(url) === "config.json" ? Response.json(config) : browser.home.fetch(url as URL, init),
  );
});

afterEach(() => {
  browser.remove();
  vi.resetAllMocks();
});

/** A tab with the site open and an account signed in. */
async function open(account = "Uma"): Promise<void> {
  keep("user:tokens", JSON.stringify({ account, access: "token", refresh: "refresh", id: null, until: Date.now() + 900_000 }));
  vi.resetModules();
  const { start } = await import("./start");
  start({ App: () => null, pages: ["threads"], shelves: ["raised"] });
  await settle();
}

const keep = (key: string, value: string) => browser.storage.setItem(key, value);

/** Another tab changes what the browser keeps. */
function elsewhere(key: string, newValue: string | null): void {
  if (newValue === null) browser.storage.removeItem(key);
  else keep(key, newValue);
  browser.window.dispatchEvent(Object.assign(new Event("storage"), { key, newValue }));
}

test("a tab that hears of signing out goes on with it, as the tab that began it may be closed", async () => {
  await open();
  keep("user:party:draft:thread", "sealed");
  keep("user:another:draft:thread", "sealed");
  openid.farewell.mockRejectedValueOnce(new TypeError("network")).mockResolvedValueOnce(OUT);
  elsewhere("user:leaving", '{"party":"party"}');
  await settle(10_100);
  expect(openid.farewell).toHaveBeenCalledTimes(2);
  expect(Object.keys(browser.storage).filter((key) => key.startsWith("user:"))).toEqual(["user:another:draft:thread"]);
  expect(location.assign).toHaveBeenCalledExactlyOnceWith(OUT);
});

test("a tab of another account than the one that is signed out keeps what its own account has typed", async () => {
  await open();
  const { account } = await import("./session");
  const mine = await vi.waitFor(() => account.peek() ?? expect.fail("not opened"));
  mine.drafts.write("thread", { text: "Not sent yet.", subject: "" });
  expect(mine.isStored).toBe(true);
  openid.farewell.mockResolvedValueOnce(OUT);
  elsewhere("user:leaving", '{"party":"another"}');
  await settle();
  expect(location.assign).toHaveBeenCalledOnce();
  expect(mine.isStored).toBe(true);
});

test("a tab that hears of signing out does nothing more once another tab has done it", async () => {
  await open();
  openid.farewell.mockRejectedValueOnce(new TypeError("network"));
  elsewhere("user:leaving", '{"party":"party"}');
  await settle();
  elsewhere("user:leaving", null);
  elsewhere("user:tokens", null);
  await settle(60_000);
  expect(openid.farewell).toHaveBeenCalledOnce();
  expect([location.assign.mock.calls, location.reload.mock.calls]).toEqual([[], []]);
});

test("a tab does not sign out the next person, where another tab has signed out the one before", async () => {
  await open();
  openid.farewell.mockRejectedValueOnce(new TypeError("network"));
  elsewhere("user:leaving", '{"party":"party"}');
  await settle();
  elsewhere("user:leaving", null);
  keep("user:tokens", JSON.stringify({ account: "Tomas", access: "other", refresh: "r", id: null, until: Date.now() + 900_000 }));
  await settle(60_000);
  expect(openid.farewell).toHaveBeenCalledOnce();
  expect(location.reload).toHaveBeenCalledOnce();
  expect(browser.storage.getItem("user:tokens")).toContain("Tomas");
});

test("two tabs that sign out the same party do it one after the other, and only one of them does it", async () => {
  await open();
  elsewhere("user:leaving", '{"party":"party"}');
  openid.farewell.mockImplementation(() => new Promise((resolve) => setTimeout(() => resolve(OUT), 100)));
  vi.resetModules();
  const { start } = await import("./start");
  start({ App: () => null, pages: ["threads"], shelves: ["raised"] }); // loaded while the first tab signs out
  await settle(60_000);
  expect(openid.farewell).toHaveBeenCalledOnce();
  expect(location.assign).toHaveBeenCalledOnce();
});
