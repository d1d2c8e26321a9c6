import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Auth, OtherAccount, SignedOut } from "./auth";
import { Locks, MemoryStorage } from "./kit/browser";
import { config } from "./kit/page";
import { drawer } from "./storage";

const openid = vi.hoisted(() => ({ authorize: vi.fn(), exchange: vi.fn(), renew: vi.fn(), farewell: vi.fn() }));
vi.mock("./openid", () => openid); // the issuer: its protocol is a library's and is tested against the real one

const HERE = "https://home.example/user/";
let storage: MemoryStorage;
let tab: MemoryStorage;
let location: { href: string; pathname: string; assign: ReturnType<typeof vi.fn>; replace: ReturnType<typeof vi.fn> };

const auth = () => new Auth(config, drawer(storage, "user"), drawer(tab, "user"));
const given = (name: string, seconds = 300, account = "uma") => ({ account, access: name, refresh: `${name}-refresh`, id: `${name}-id`, seconds });
const returned = (search: string) => void (location.href = HERE + search);

/** Go to sign in, and come back with a code. */
async function signIn(tokens = given("first")): Promise<Auth> {
  const here = auth();
  openid.authorize.mockResolvedValue({ url: new URL("https://home.example/authorize"), begun: { state: "s", nonce: "n", verifier: "v", hash: "#/schools" } });
  openid.exchange.mockResolvedValue(tokens);
  await here.begin();
  returned("?code=c&state=s");
  await here.finish();
  return here;
}

beforeEach(() => {
  [storage, tab] = [new MemoryStorage(), new MemoryStorage()];
  location = { href: HERE, pathname: "/user/", assign: vi.fn(), replace: vi.fn() };
  const history = { replaceState: (_: unknown, __: string, path: string) => returned(path.replace("/user/", "")) };
  Object.entries({ location, history, document: { cookie: "" }, navigator: { locks: new Locks() } }).forEach(([name, value]) => vi.stubGlobal(name, value));
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

describe("signing in", () => {
  test("leaves for the issuer, and comes back to the page it left, with no code in the address", async () => {
    const here = await signIn();
    expect(location.assign).toHaveBeenCalledWith(new URL("https://home.example/authorize"));
    expect(location.href).toBe(`${HERE}#/schools`);
    expect([here.signedIn, await here.token()]).toEqual([true, "first"]);
    expect(tab.length).toBe(0);
  });

  test("that this tab did not begin is not finished here", async () => {
    returned("?code=stolen&state=s");
    await expect(auth().finish()).rejects.toThrow(SignedOut);
    expect(openid.exchange).not.toHaveBeenCalled();
    expect(location.href).toBe(HERE);
  });

  test("begins by itself for whom our issuer sends, and leaves no step back to that", async () => {
    returned(`?iss=${encodeURIComponent(config.issuer)}`);
    expect(auth().called).toBe(true);
    openid.authorize.mockResolvedValue({ url: new URL("https://home.example/authorize"), begun: { state: "s", hash: "" } });
    await auth().begin();
    expect(location.replace).toHaveBeenCalledWith(new URL("https://home.example/authorize"));
  });

  test.each([
    ["", "whom nobody sends"],
    ["?iss=https%3A%2F%2Felsewhere.example", "whom somebody else sends"],
    ["?code=c&state=s&iss=https%3A%2F%2Fhome.example", "whom our issuer sends back"],
  ])("does not begin by itself with %o, for %s", (search) => {
    returned(search);
    expect(auth().called).toBe(false);
  });

  test("asks for the password anew where it must be of a moment ago", async () => {
    openid.authorize.mockResolvedValue({ url: new URL("https://home.example/authorize"), begun: { state: "s", hash: "" } });
    await auth().begin(true);
    expect(openid.authorize).toHaveBeenLastCalledWith(config, true, undefined);
  });

  test("is begun anew where what was remembered is cut short", async () => {
    tab.setItem("user:begun", '{"state":"s","non');
    returned("?code=c&state=s");
    await expect(auth().finish()).rejects.toThrow(SignedOut);
    expect([location.href, tab.length]).toEqual([HERE, 0]);
  });

  test("is not tried where nobody came back", async () => {
    await auth().finish();
    expect(openid.exchange).not.toHaveBeenCalled();
  });
});

describe("a token", () => {
  test.each(["{", "5", "null", '"text"', '{"access":"a","unt', '{"access":"a"}', '{"token":"of an older version"}'])(
    "stored as %o is no token: the person is signed out, and can sign in",
    async (stored) => {
      storage.setItem("user:tokens", stored);
      expect(auth().signedIn).toBe(false);
      await expect(auth().token()).rejects.toThrow(SignedOut);
      expect(await (await signIn()).token()).toBe("first");
    },
  );

  test("is refreshed also in a browser that forbids locks", async () => {
    vi.stubGlobal("navigator", { locks: { request: () => Promise.reject(new DOMException("denied", "SecurityError")) } });
    const here = await signIn();
    openid.renew.mockResolvedValueOnce(given("second"));
    expect(await Promise.all([here.token("first"), here.token("first")])).toEqual(["second", "second"]);
    expect(openid.renew).toHaveBeenCalledOnce();
  });

  test("is refreshed once, however many tabs ask for it", async () => {
    const [one, two] = [await signIn(), auth()];
    openid.renew.mockResolvedValueOnce(given("second"));
    vi.advanceTimersByTime(280_000);
    expect(await Promise.all([one.token(), two.token(), one.token()])).toEqual(["second", "second", "second"]);
    expect(openid.renew).toHaveBeenCalledExactlyOnceWith(config, "first-refresh");
  });

  test("that a call was refused is refreshed before its time", async () => {
    const here = await signIn();
    openid.renew.mockResolvedValueOnce(given("second"));
    expect(await here.token("first")).toBe("second");
  });

  test("keeps its refresh token where the issuer gives no new one", async () => {
    const here = await signIn();
    openid.renew.mockResolvedValue({ ...given("second"), refresh: null });
    await here.token("first");
    await here.token("second").catch(() => undefined);
    expect(openid.renew.mock.lastCall).toEqual([config, "first-refresh"]);
  });

  test("that the issuer does not renew signs the person out", async () => {
    const here = await signIn();
    openid.renew.mockResolvedValueOnce(null);
    await expect(here.token("first")).rejects.toThrow(SignedOut);
    expect([here.signedIn, auth().signedIn]).toEqual([false, false]);
  });

  test("is kept where the issuer cannot be reached: nobody said they are signed out", async () => {
    const here = await signIn();
    openid.renew.mockRejectedValueOnce(new TypeError("network"));
    await expect(here.token("first")).rejects.toThrow("network");
    expect(here.signedIn).toBe(true);
  });
});

test("signing out leaves nothing in the browser, and ends the issuer's session with what was kept", async () => {
  const here = await signIn();
  openid.farewell.mockResolvedValueOnce(new URL("https://home.example/sign-out"));
  const done = vi.fn(() => expect(storage.length).toBeGreaterThan(0));
  await here.leave(done);
  expect(done).toHaveBeenCalledOnce();
  expect([storage.length, here.signedIn]).toEqual([0, false]);
  expect(openid.farewell).toHaveBeenCalledWith(config, "first-refresh", "first-id");
  expect(location.assign).toHaveBeenLastCalledWith(new URL("https://home.example/sign-out"));
});

describe("signing out while the issuer cannot be reached", () => {
  test("changes nothing, and says so to whoever asked", async () => {
    const here = await signIn();
    openid.farewell.mockRejectedValueOnce(new TypeError("network"));
    const done = vi.fn();
    await expect(here.leave(done)).rejects.toThrow("network");
    expect([done.mock.calls.length, here.signedIn, await here.token()]).toEqual([0, true, "first"]);
  });

  test("is remembered over a reload, until it is done", async () => {
    const here = await signIn();
    here.leaveLater("party");
    expect(auth().leaving).toBe("party");
    openid.farewell.mockResolvedValueOnce(new URL("https://home.example/sign-out"));
    await auth().leave(() => undefined);
    expect([auth().leaving, auth().signedIn]).toEqual([null, false]);
  });
});

describe("another account that signs in in another tab", () => {
  const other = () => signIn(given("other", 300, "tomas"));

  test("gets this page no token of its own", async () => {
    const here = await signIn();
    await other();
    expect(here.isOther).toBe(true);
    await expect(here.token()).rejects.toThrow(OtherAccount);
    expect(() => here.account).toThrow(OtherAccount);
  });

  test("is not signed out by this page", async () => {
    const here = await signIn();
    const there = await other();
    here.forget();
    expect(await there.token()).toBe("other");
  });

  test("is not replaced by a refresh that was under way", async () => {
    const here = await signIn();
    openid.renew.mockImplementationOnce(async () => (await other(), given("second")));
    await expect(here.token("first")).rejects.toThrow(OtherAccount);
    expect(await auth().token()).toBe("other");
  });

  test("is told from the same account, which signs in anew", async () => {
    const here = await signIn();
    await signIn(given("anew"));
    expect([here.isOther, await here.token()]).toEqual([false, "anew"]);
  });

  test("is known by the ID token where an earlier version of the page stored no account", async () => {
    const id = `e30.${btoa(JSON.stringify({ sub: "uma" }))}.s`;
    storage.setItem("user:tokens", JSON.stringify({ access: "old", refresh: null, id, until: Date.now() + 300_000 }));
    expect([auth().signedIn, auth().account]).toEqual([true, "uma"]);
  });
});

test("signing out in another tab ends a refresh that was under way, and nobody is signed in again by it", async () => {
  const here = await signIn();
  openid.renew.mockImplementationOnce(async () => (storage.removeItem("user:tokens"), given("second")));
  await expect(here.token("first")).rejects.toThrow(SignedOut);
  expect(auth().signedIn).toBe(false);
});

describe("where storage has no room for the new tokens", () => {
  test("the old refresh token is not left behind to be used a second time", async () => {
    const here = await signIn();
    openid.renew.mockResolvedValueOnce(given("second"));
    storage.full = true;
    expect(await here.token("first")).toBe("second");
    expect(storage.getItem("user:tokens")).toBeNull();
    expect([here.signedIn, here.isUnstored, await here.token()]).toEqual([true, true, "second"]);
  });

  test("they are stored at the next refresh that finds room", async () => {
    const here = await signIn();
    openid.renew.mockResolvedValueOnce(given("second")).mockResolvedValueOnce(given("third"));
    storage.full = true;
    await here.token("first");
    storage.full = false;
    await here.token("second");
    expect([here.isUnstored, await auth().token()]).toEqual([false, "third"]);
  });
});

test("stored tokens that are cut short are no sign-in", () => {
  storage.setItem("user:tokens", '{"access":"fir');
  expect(auth().signedIn).toBe(false);
});
