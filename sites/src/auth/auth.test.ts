import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Auth, OtherAccountError, SignedOutError } from "./auth";
import { Locks, MemoryStorage } from "../../testing/fake-browser";
import { config } from "../../testing/test-page";
import { storageNamespace } from "../browser/storage";

const openid = vi.hoisted(() => ({
  createAuthorizationRequest: vi.fn(),
  exchangeCode: vi.fn(),
  refreshTokens: vi.fn(),
  endSession: vi.fn(),
}));
vi.mock("./openid", async () => ({ ...openid, ...(await import("./pending-auth")) })); // the issuer: its protocol is a library's and is tested against the real one

const HERE = "https://home.example/user/";
let storage: MemoryStorage;
let tab: MemoryStorage;
let location: { href: string; pathname: string; assign: ReturnType<typeof vi.fn>; replace: ReturnType<typeof vi.fn> };

const auth = () => new Auth(config, storageNamespace(storage, "user"), storageNamespace(tab, "user"));
const tokenSet = (name: string, seconds = 300, account = "uma") => ({
  account,
  access: name,
  refresh: `${name}-refresh`,
  id: `${name}-id`,
  seconds,
});
const returned = (search: string) => void (location.href = HERE + search);

/** Go to sign in, and come back with a code. */
async function signIn(tokens = tokenSet("first")): Promise<Auth> {
  const first = auth();
  openid.createAuthorizationRequest.mockResolvedValue({
    url: new URL("https://home.example/authorize"),
    pending: { state: "s", nonce: "n", verifier: "v", hash: "#/schools" },
  });
  openid.exchangeCode.mockResolvedValue(tokens);
  await first.startSignIn();
  returned("?code=c&state=s");
  await first.finishSignIn();
  return first;
}

beforeEach(() => {
  [storage, tab] = [new MemoryStorage(), new MemoryStorage()];
  location = { href: HERE, pathname: "/user/", assign: vi.fn(), replace: vi.fn() };
  const history = { replaceState: (_: unknown, __: string, path: string) => returned(path.replace("/user/", "")) };
  Object.entries({ location, history, document: { cookie: "" }, navigator: { locks: new Locks() } }).forEach(
    ([name, value]) => vi.stubGlobal(name, value),
  );
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetAllMocks();
});

describe("signing in", () => {
  test("goes to the issuer and comes back to the same page, with no code in the address", async () => {
    const first = await signIn();
    expect(location.assign).toHaveBeenCalledWith(new URL("https://home.example/authorize"));
    expect(location.href).toBe(`${HERE}#/schools`);
    expect([first.isSignedIn, await first.accessToken()]).toEqual([true, "first"]);
    expect(tab.length).toBe(0);
  });

  test("as another account than the one before makes the page that account's", async () => {
    await signIn();
    const next = auth();
    expect(next.isSignedIn).toBe(true);
    openid.exchangeCode.mockResolvedValue(tokenSet("second", 300, "bo"));
    await next.startSignIn();
    returned("?code=c&state=s");
    await next.finishSignIn();
    expect([next.isOtherAccount, await next.accessToken()]).toEqual([false, "second"]);
  });

  test("that another tab started is not finished in this tab", async () => {
    returned("?code=stolen&state=s");
    await expect(auth().finishSignIn()).rejects.toThrow(SignedOutError);
    expect(openid.exchangeCode).not.toHaveBeenCalled();
    expect(location.href).toBe(HERE);
  });

  test("starts by itself when our issuer asks for it, and adds no step to the history", async () => {
    returned(`?iss=${encodeURIComponent(config.issuer)}`);
    expect(auth().isSignInRequested).toBe(true);
    openid.createAuthorizationRequest.mockResolvedValue({
      url: new URL("https://home.example/authorize"),
      pending: { state: "s", hash: "" },
    });
    await auth().startSignIn();
    expect(location.replace).toHaveBeenCalledWith(new URL("https://home.example/authorize"));
  });

  test.each([
    ["", "whom nobody sends"],
    ["?iss=https%3A%2F%2Felsewhere.example", "whom somebody else sends"],
    ["?code=c&state=s&iss=https%3A%2F%2Fhome.example", "whom our issuer sends back"],
  ])("does not start by itself with %o, because %s", (search) => {
    returned(search);
    expect(auth().isSignInRequested).toBe(false);
  });

  test("asks for the password again if a recent sign-in is needed", async () => {
    openid.createAuthorizationRequest.mockResolvedValue({
      url: new URL("https://home.example/authorize"),
      pending: { state: "s", hash: "" },
    });
    await auth().startSignIn(true);
    expect(openid.createAuthorizationRequest).toHaveBeenLastCalledWith(config, true, undefined);
  });

  test("starts again if the stored request is cut short", async () => {
    tab.setItem("user:begun", '{"state":"s","non');
    returned("?code=c&state=s");
    await expect(auth().finishSignIn()).rejects.toThrow(SignedOutError);
    expect([location.href, tab.length]).toEqual([HERE, 0]);
  });

  test("is not finished if the browser does not come back from the issuer", async () => {
    await auth().finishSignIn();
    expect(openid.exchangeCode).not.toHaveBeenCalled();
  });
});

describe("a token", () => {
  test.each(["{", "5", "null", '"text"', '{"access":"a","unt', '{"access":"a"}', '{"token":"of an older version"}'])(
    "stored as %o is invalid: the person is signed out, and can sign in",
    async (stored) => {
      storage.setItem("user:tokens", stored);
      expect(auth().isSignedIn).toBe(false);
      await expect(auth().accessToken()).rejects.toThrow(SignedOutError);
      expect(await (await signIn()).accessToken()).toBe("first");
    },
  );

  test("is refreshed also in a browser that forbids locks", async () => {
    vi.stubGlobal("navigator", {
      locks: { request: () => Promise.reject(new DOMException("denied", "SecurityError")) },
    });
    const first = await signIn();
    openid.refreshTokens.mockResolvedValueOnce(tokenSet("second"));
    expect(await Promise.all([first.accessToken("first"), first.accessToken("first")])).toEqual(["second", "second"]);
    expect(openid.refreshTokens).toHaveBeenCalledOnce();
  });

  test("is refreshed once, however many tabs ask for it", async () => {
    const [one, two] = [await signIn(), auth()];
    openid.refreshTokens.mockResolvedValueOnce(tokenSet("second"));
    vi.advanceTimersByTime(280_000);
    expect(await Promise.all([one.accessToken(), two.accessToken(), one.accessToken()])).toEqual([
      "second",
      "second",
      "second",
    ]);
    expect(openid.refreshTokens).toHaveBeenCalledExactlyOnceWith(config, "first-refresh");
  });

  test("that the API rejected is refreshed before it expires", async () => {
    const first = await signIn();
    openid.refreshTokens.mockResolvedValueOnce(tokenSet("second"));
    expect(await first.accessToken("first")).toBe("second");
  });

  test("keeps its refresh token if the issuer sends no new one", async () => {
    const first = await signIn();
    openid.refreshTokens.mockResolvedValue({ ...tokenSet("second"), refresh: null });
    await first.accessToken("first");
    await expect(first.accessToken("second")).resolves.toBe("second");
    expect(openid.refreshTokens.mock.lastCall).toEqual([config, "first-refresh"]);
  });

  test("that the issuer does not refresh signs the person out", async () => {
    const first = await signIn();
    openid.refreshTokens.mockResolvedValueOnce(null);
    await expect(first.accessToken("first")).rejects.toThrow(SignedOutError);
    expect([first.isSignedIn, auth().isSignedIn]).toEqual([false, false]);
  });

  test("is kept while the issuer cannot be reached", async () => {
    const first = await signIn();
    openid.refreshTokens.mockRejectedValueOnce(new TypeError("network"));
    await expect(first.accessToken("first")).rejects.toThrow("network");
    expect(first.isSignedIn).toBe(true);
  });
});

test("signing out removes all tokens, revokes the refresh token and ends the issuer's session", async () => {
  const first = await signIn();
  openid.endSession.mockResolvedValueOnce(new URL("https://home.example/sign-out"));
  const done = vi.fn(() => expect(storage.length).toBeGreaterThan(0));
  await first.signOut(done);
  expect(done).toHaveBeenCalledOnce();
  expect([storage.length, first.isSignedIn]).toEqual([0, false]);
  expect(openid.endSession).toHaveBeenCalledWith(config, "first-refresh", "first-id");
  expect(location.assign).toHaveBeenLastCalledWith(new URL("https://home.example/sign-out"));
});

describe("signing out while the issuer cannot be reached", () => {
  test("changes nothing, and throws", async () => {
    const first = await signIn();
    openid.endSession.mockRejectedValueOnce(new TypeError("network"));
    const done = vi.fn();
    await expect(first.signOut(done)).rejects.toThrow("network");
    expect([done.mock.calls.length, first.isSignedIn, await first.accessToken()]).toEqual([0, true, "first"]);
  });

  test("stays requested after a reload, until it is done", async () => {
    const first = await signIn();
    first.requestSignOut("party");
    expect(auth().pendingSignOut).toBe("party");
    openid.endSession.mockResolvedValueOnce(new URL("https://home.example/sign-out"));
    await auth().signOut(() => undefined);
    expect([auth().pendingSignOut, auth().isSignedIn]).toEqual([null, false]);
  });
});

describe("another account that signs in in another tab", () => {
  const other = () => signIn(tokenSet("other", 300, "tomas"));

  test("gives this page no token", async () => {
    const first = await signIn();
    await other();
    expect(first.isOtherAccount).toBe(true);
    await expect(first.accessToken()).rejects.toThrow(OtherAccountError);
    expect(() => first.account).toThrow(OtherAccountError);
  });

  test("is not signed out by this page", async () => {
    const first = await signIn();
    const second = await other();
    first.clearTokens();
    expect(await second.accessToken()).toBe("other");
  });

  test("is not replaced by a refresh that was under way", async () => {
    const first = await signIn();
    openid.refreshTokens.mockImplementationOnce(async () => (await other(), tokenSet("second")));
    await expect(first.accessToken("first")).rejects.toThrow(OtherAccountError);
    expect(await auth().accessToken()).toBe("other");
  });

  test("is not confused with the same account that signs in again", async () => {
    const first = await signIn();
    await signIn(tokenSet("anew"));
    expect([first.isOtherAccount, await first.accessToken()]).toEqual([false, "anew"]);
  });

  test("is recognised by the ID token if an earlier version of the site stored no account", async () => {
    const id = `e30.${btoa(JSON.stringify({ sub: "uma" }))}.s`;
    storage.setItem("user:tokens", JSON.stringify({ access: "old", refresh: null, id, until: Date.now() + 300_000 }));
    expect([auth().isSignedIn, auth().account]).toEqual([true, "uma"]);
  });
});

test("a refresh that runs while another tab signs out signs nobody in again", async () => {
  const first = await signIn();
  openid.refreshTokens.mockImplementationOnce(async () => (storage.removeItem("user:tokens"), tokenSet("second")));
  await expect(first.accessToken("first")).rejects.toThrow(SignedOutError);
  expect(auth().isSignedIn).toBe(false);
});

describe("if storage has no room for the new tokens", () => {
  test("the old refresh token is removed, so that it is not used twice", async () => {
    const first = await signIn();
    openid.refreshTokens.mockResolvedValueOnce(tokenSet("second"));
    storage.full = true;
    expect(await first.accessToken("first")).toBe("second");
    expect(storage.getItem("user:tokens")).toBeNull();
    expect([first.isSignedIn, first.hasUnstoredTokens, await first.accessToken()]).toEqual([true, true, "second"]);
  });

  test("they are stored at the next refresh if there is room", async () => {
    const first = await signIn();
    openid.refreshTokens.mockResolvedValueOnce(tokenSet("second")).mockResolvedValueOnce(tokenSet("third"));
    storage.full = true;
    await first.accessToken("first");
    storage.full = false;
    await first.accessToken("second");
    expect([first.hasUnstoredTokens, await auth().accessToken()]).toEqual([false, "third"]);
  });
});

test("stored tokens that are cut short count as signed out", () => {
  storage.setItem("user:tokens", '{"access":"fir');
  expect(auth().isSignedIn).toBe(false);
});
