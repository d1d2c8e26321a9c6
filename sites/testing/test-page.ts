// A page of the user site with modules of its own, in a browser that several pages may share.

import { vi } from "vitest";
import type { Auth } from "../src/auth/auth";
import type { Config } from "../src/api/config";
import { Locks, MemoryStorage } from "./fake-browser";
import { FakeSocket, FakeServer } from "./fake-server";

export const config: Config = {
  site: "user",
  api: "https://home.example/api",
  socket: "wss://home.example/socket",
  beat: 25_000,
  issuer: "https://home.example",
  metadata: "https://home.example/.well-known/openid-configuration",
  client: "user",
  sites: {},
  sign_up: null,
  account: "https://home.example/account",
  account_offers: "all",
  passkey: null,
  sign_out_everywhere: false,
  invitation: null,
  letter: null,
  new_account: null,
  notices: true,
  idle: 0,
};

export class TestBrowser {
  readonly server = new FakeServer();
  readonly window = new EventTarget();
  readonly document = Object.assign(new EventTarget(), { visibilityState: "visible" });
  readonly storage = new MemoryStorage();
  /** What config.json says. */
  config: Config = config;
  readonly auth = { accessToken: async () => "token", account: "subject of Uma", clearTokens: vi.fn() };

  /** Replaces the globals with this browser, and the clock with a fake one. */
  install(): this {
    vi.useFakeTimers();
    FakeSocket.server = this.server;
    const globals = {
      localStorage: this.storage,
      navigator: { languages: ["en"], locks: new Locks(), onLine: true },
      location: { hash: "" },
      document: this.document,
      requestAnimationFrame: (draw: () => void) => setTimeout(draw, 16),
      addEventListener: this.window.addEventListener.bind(this.window),
      fetch: this.server.fetch,
      WebSocket: FakeSocket,
    };
    Object.entries(globals).forEach(([name, value]) => vi.stubGlobal(name, value));
    return this;
  }

  remove(): void {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  }

  /** Opens the site as a new page with modules of its own; `at` opens a thread by a link. */
  async open({ at = "" } = {}) {
    vi.resetModules();
    const { createApiClient } = await import("../src/api/client");
    const store = await import("../src/sync/store");
    const session = await import("../src/sync/session");
    const sync = await import("../src/sync/sync");
    const logs = await import("../src/sync/thread-log");
    const openThread = await import("../src/sync/open-thread");
    const lists = await import("../src/sync/thread-lists");
    const { openThreadId, route } = await import("../src/browser/route");
    const { effect } = await import("@preact/signals");
    if (at) route.value = { page: "threads", id: at };
    const refused = vi.fn<(error: Error) => void>();
    const auth = this.auth as unknown as Auth;
    const call = createApiClient(config.api, auth);
    session.startSession({ call, auth, config: this.config, shelves: ["raised"] }, refused);
    openThread.watchOpenThread();
    effect(() => logs.keepLogComplete(openThreadId.value)); // as the view of a thread does
    await import("../src/sync/open-account");
    await import("../src/i18n/page-messages");
    await settle();
    await finishCrypto(); // the account's key is made outside the fake clock
    await settle();
    const page = {
      ...store,
      ...sync,
      ...logs,
      ...openThread,
      ...lists,
      refused,
      /** The session. It is read when it is used, because a later session replaces it. */
      get now() {
        return store.session;
      },
      /** Types a message and sends it. */
      write(id: string, text: string) {
        const ownAccount = store.account.peek();
        ownAccount?.drafts.write(id, { text, subject: "" });
        if (!ownAccount?.send("message", id)) throw new Error("not sent");
      },
      /** Resolves when the account is opened. */
      async ready() {
        await finishCrypto();
        await settle();
      },
      async goTo(id: string) {
        route.value = { page: "threads", id };
        await settle();
      },
      log: (id: string) => store.peekThread(id).log?.entries.map((entry) => (entry.as === "ended" ? "" : entry.text)),
      /** All that the page shows of its threads, by id. */
      threads: () => Object.fromEntries(store.knownRows().map(({ id }) => [id, store.peekThread(id)])),
      unsent: () => (store.account.value?.outbox.items.value ?? []).map(({ text, refused }) => [text, refused]),
    };
    return page;
  }
}

/** Waits for what the browser does outside the page's own thread. */
const finishCrypto = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) await crypto.subtle.digest("SHA-256", new Uint8Array(1));
};

/** Waits until everything under way has arrived. */
export async function settle(ms = 20): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await vi.dynamicImportSettled(); // a part that is loaded later is loaded outside the fake clock
  await vi.advanceTimersByTimeAsync(0);
}
