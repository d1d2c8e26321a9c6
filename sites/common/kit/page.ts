// One page of the user site, its modules its own, in a browser that several pages may share.

import { vi } from "vitest";
import type { Auth } from "../auth";
import type { Config } from "../config";
import { Locks, MemoryStorage } from "./browser";
import { FakeSocket, Home } from "./home";

export const config: Config = {
  site: "user",
  api: "https://home.example/api",
  socket: "wss://home.example/socket",
  issuer: "https://home.example",
  metadata: "https://home.example/.well-known/openid-configuration",
  client: "user",
  sites: {},
  sign_up: null,
  account: "https://home.example/account",
  invitation: null,
  new_account: null,
};

export class Browser {
  readonly home = new Home();
  readonly window = new EventTarget();
  readonly document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  readonly storage = new MemoryStorage();
  readonly auth = { token: async () => "token", account: "subject of Uma", forget: vi.fn() };

  /** Put this browser in place of the globals, with the clock in the test's hands. */
  install(): this {
    vi.useFakeTimers();
    FakeSocket.home = this.home;
    const globals = {
      localStorage: this.storage,
      navigator: { languages: ["en"], locks: new Locks(), onLine: true },
      location: { hash: "" },
      document: this.document,
      addEventListener: this.window.addEventListener.bind(this.window),
      fetch: this.home.fetch,
      WebSocket: FakeSocket,
    };
    Object.entries(globals).forEach(([name, value]) => vi.stubGlobal(name, value));
    return this;
  }

  remove(): void {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  }

  /** Open the site, as a fresh page with modules of its own; `at` a thread, by a link. */
  async open({ at = "" } = {}) {
    vi.resetModules();
    const { caller } = await import("../api");
    const session = await import("../session");
    const resume = await import("../resume");
    const { route } = await import("../route");
    if (at) route.value = { page: "threads", id: at };
    const refused = vi.fn<(error: Error) => void>();
    const auth = this.auth as unknown as Auth;
    session.startSession({ call: caller(config.api, auth), auth, config, shelves: ["raised"] }, refused);
    resume.followOpenThread();
    resume.followSchools();
    await import("../drafts/open");
    await settle();
    await elsewhere(); // the account's key is made outside the test's clock
    await settle();
    const page = {
      ...session,
      ...resume,
      refused,
      /** The one session: it is replaced by a live binding, so it is read when asked for. */
      get now() {
        return session.session;
      },
      /** Type a message and send it. */
      write(id: string, text: string) {
        const mine = session.account.peek();
        mine?.drafts.write(id, { text, subject: "" });
        if (!mine?.send("message", id)) throw new Error("not sent");
      },
      /** Once the account's texts are opened. */
      async ready() {
        await elsewhere();
        await settle();
      },
      async goTo(id: string) {
        route.value = { page: "threads", id };
        await settle();
      },
      log: (id: string) => session.view.value.logs.get(id)?.map((entry) => (entry.as === "ended" ? "" : entry.text)),
      unsent: () => (session.account.value?.acts.items.value ?? []).map(({ text, refused }) => [text, refused]),
    };
    return page;
  }
}

/** Let what the browser does outside the page's own thread be done. */
const elsewhere = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await crypto.subtle.digest("SHA-256", new Uint8Array(1));
};

/** Let everything that is under way arrive. */
export const settle = (ms = 20): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
