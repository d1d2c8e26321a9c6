import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Auth, SignedOut } from "./auth";
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
const given = (name: string, seconds = 300) => ({ access: name, refresh: `${name}-refresh`, id: `${name}-id`, seconds });
const returned = (search: string) => void (location.href = HERE + search);

/** Go to sign in, and come back with a code. */
async function signIn(tokens = given("first")): Promise<Auth> {
  const here = auth();
  openid.authorize.mockResolvedValue({ url: new URL("https://home.example/authorize"), begun: { state: "s", hash: "#/schools" } });
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
  Object.entries({ location, history, navigator: { locks: new Locks() } }).forEach(([name, value]) => vi.stubGlobal(name, value));
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

  test("is not tried where nobody came back", async () => {
    await auth().finish();
    expect(openid.exchange).not.toHaveBeenCalled();
  });
});

describe("a token", () => {
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
  await here.leave();
  expect([storage.length, here.signedIn]).toEqual([0, false]);
  expect(openid.farewell).toHaveBeenCalledWith(config, "first-refresh", "first-id");
  expect(location.assign).toHaveBeenLastCalledWith(new URL("https://home.example/sign-out"));
});
