// A server for one raiser's site: it answers calls and frames. A test can cut the connection or make it slow.

import type { ClientFrame, RaiserMessage, RaiserRow, Refusal, ServerFrame, Side } from "../src/api/protocol";
import type { Listed, Me, Opened, SchoolCard } from "../src/api/types";
import { id, message, row } from "./fixtures";

interface Thread {
  row: RaiserRow;
  log: RaiserMessage[];
  seen: number;
}

export class FakeServer {
  readonly threads = new Map<string, Thread>();
  /** The requests, in order: calls by method and path, frames by kind. */
  readonly requests: string[] = [];
  /** Calls whose answers are lost, although the server carries them out. */
  readonly lostAnswers = new Set<string>();
  /** Whether the frames about a raise or a note are dropped. */
  dropRaiseFrames = false;
  readonly notes: string[] = [];
  party = id("uma");
  readonly sockets = new Set<FakeSocket>();
  /** Answers to use in place of the real ones, by method and path. */
  readonly responses = new Map<string, { status: number; body: unknown }>();
  /**
   * What happens to the next sends. `lost` is accepted and not acknowledged, `cut` does not arrive. Without a fate, a
   * send is acknowledged.
   */
  readonly sendFates: ("lost" | "cut" | "silent" | Omit<Refusal, "t">)[] = [];
  schools = [school("law")];
  name = "Uma";
  reachable = true;
  /** Calls get no answer, until they give up. */
  swallowsCalls = false;
  answersPings = true;
  /** What a network does to each socket. */
  socketFate: "none" | "refused" | "swallowed" | "cut after ten seconds" | "silent after a frame" = "none";

  raise(name: string): void {
    this.threads.set(id(name), { row: row(name, 1), log: [message(1, "raiser")], seen: 0 });
  }

  /** Adds a message of either side, and sends it to every open socket unless `missing`. */
  addMessage(
    name: string,
    side: Side,
    { key = null, text, missing = false }: { key?: string | null; text?: string; missing?: boolean } = {},
  ) {
    const thread = this.threads.get(id(name)) as Thread;
    const entry = message(thread.row.seq + 1, side, { key, ...(text ? { text } : {}) });
    thread.log.push(entry);
    thread.row = {
      ...thread.row,
      rev: thread.row.rev + 1,
      seq: entry.seq,
      at: entry.at,
      theirs: thread.row.theirs + (side === "school" ? 1 : 0),
      last: { side, text: entry.text },
    };
    if (!missing) this.push({ t: "event", id: id(name), entry, row: thread.row });
    return { entry, row: thread.row };
  }

  push(frame: ServerFrame): void {
    this.sockets.forEach((socket) => socket.receive(frame));
  }

  /** Breaks every connection. */
  dropConnections(): void {
    this.sockets.forEach((socket) => socket.lose());
  }

  readonly fetch = async (url: URL | string, { method = "GET", body: sent }: RequestInit = {}): Promise<Response> => {
    if (!this.reachable) throw new TypeError("network");
    if (this.swallowsCalls)
      return new Promise((_, reject) => setTimeout(() => reject(new DOMException("late", "TimeoutError")), 15_000));
    const { pathname, searchParams } = new URL(url);
    const request = `${method} ${pathname.replace("/api", "")}`;
    this.requests.push(request);
    const { status, body } =
      this.responses.get(request) ?? this.#write(request, sent) ?? this.#answer(request, searchParams);
    if (this.lostAnswers.has(request)) throw new TypeError("network");
    return Response.json(body, { status });
  };

  /** Whether it takes the protocol of the page. */
  speaksOurs = true;

  handleFrame(socket: FakeSocket, frame: ClientFrame): void {
    this.requests.push(frame.t);
    if (frame.t === "hello")
      socket.receive(this.speaksOurs ? { t: "hello", protocol: frame.protocol } : { t: "bye", code: "reload" });
    if (frame.t === "ping" && this.answersPings) socket.receive({ t: "pong" });
    if (frame.t === "seen") socket.receive({ t: "read", id: frame.id, read: frame.theirs });
    if (frame.t === "send") this.#send(socket, frame);
  }

  #send(socket: FakeSocket, { id, key, text }: ClientFrame & { t: "send" }): void {
    const fate = this.sendFates.shift();
    if (typeof fate === "object") return socket.receive({ t: "refused", key, ...fate });
    if (fate === "silent") return;
    if (fate === "cut") return this.dropConnections();
    const { entry, row } = this.#accept(id, key, text);
    if (fate === "lost") return this.dropConnections();
    socket.receive({ t: "ack", key, id, entry, row });
  }

  #accept(id: string, key: string, text: string) {
    const thread = this.threads.get(id) as Thread;
    const before = thread.log.find((entry) => entry.key === key);
    return before ? { entry: before, row: thread.row } : this.addMessage(id, "raiser", { key, text, missing: true });
  }

  readonly #keys = new Map<string, string>();

  /** Accepts a raise or a note, once for each key. */
  #write(request: string, sent: BodyInit | null | undefined): { status: number; body: unknown } | null {
    const isNote = request.endsWith("/notes");
    const [, thread] = /^POST \/threads\/(\w+)\/messages$/.exec(request) ?? [];
    if (thread) {
      const { key, text } = JSON.parse(sent as string) as { key: string; text: string };
      return ok({ t: "ack", key, id: thread, ...this.#accept(thread, key, text) });
    }
    if (!request.startsWith("POST /threads") || !sent) return null;
    const { key, subject, text } = JSON.parse(sent as string) as { key: string; subject: string; text: string };
    if (isNote) {
      if (!this.#keys.has(key)) this.notes.push(text);
      this.#keys.set(key, text);
      return ok({ entry: { as: "worker_note", seq: this.notes.length, at: 0, mine: true, text, key } });
    }
    const name = this.#keys.get(key) ?? `raised${this.#keys.size}`;
    if (!this.#keys.has(key)) {
      this.#keys.set(key, name);
      this.threads.set(id(name), {
        row: row(name, 1, { subject }),
        log: [message(1, "raiser", { key, text })],
        seen: 0,
      });
      const { row: shown, log } = this.threads.get(id(name)) as Thread;
      if (!this.dropRaiseFrames) this.push({ t: "event", id: id(name), entry: log[0] as RaiserMessage, row: shown });
    }
    return ok({ row: this.threads.get(id(name))?.row, read: 0, snooze: null });
  }

  #answer(request: string, query: URLSearchParams): { status: number; body: unknown } {
    const [, name = "", part] = /^GET \/threads\/(\w+)(\/log)?$/.exec(request) ?? [];
    const thread = this.threads.get(name);
    if (thread && part) {
      const [after, most] = [Number(query.get("after")), Number(query.get("most") ?? 50)];
      const entries = thread.log.filter((entry) => entry.seq > after);
      return ok({ entries: entries.slice(0, most), more: entries.length > most });
    }
    if (thread) {
      const shown: Opened = { row: thread.row, read: 0, snooze: null, seen: thread.seen };
      return ok({ thread: shown, people: [] });
    }
    const [, asked] = /^GET \/schools\/(\w+)$/.exec(request) ?? [];
    if (asked) return ok(this.#profileOf(asked));
    switch (request) {
      case "GET /me":
        return ok({ ...UMA, id: this.party, name: this.name, open: this.threads.size } satisfies Me);
      case "POST /tickets":
        return ok({ ticket: "t".repeat(22), seconds: 30 });
      case "GET /schools":
        return ok({ schools: this.schools, next: null });
      case "GET /threads": {
        const found = [...this.threads.values()].filter(
          ({ row }) => (row.state === "open") === (query.get("show") === "open"),
        );
        const threads: Listed[] = found.map(({ row }) => ({ row, read: 0, snooze: null }));
        return ok({ threads, people: [], next: null });
      }
      default:
        return { status: 404, body: { t: "refused", code: "not_found", sentence: "Nothing here." } };
    }
  }

  /** The profile of a school, also of one that is not in the directory any more. */
  #profileOf(asked: string): SchoolCard {
    return this.schools.find((it) => it.id === asked) ?? school(nameOf(asked), { takes: false });
  }
}

const nameOf = (id: string): string => id.replace(/0+$/, "");

const UMA = {
  id: id("uma"),
  kind: "user",
  email: "uma@example.org",
  rev: 1,
  most: 5,
  card: null,
  policy: null,
  available: null,
  may_leave: null,
  retention: null,
} as const;

const school = (name: string, face: Partial<SchoolCard> = {}): SchoolCard => ({
  id: id(name),
  name,
  about: "",
  hours: [],
  zone: "",
  picture: "",
  takes: true,
  ...face,
});

const ok = (body: unknown) => ({ status: 200, body });

/** The browser's end of a socket to this server. Frames arrive in a later task, as from a network. */
export class FakeSocket {
  static server: FakeServer;
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  readonly #server = FakeSocket.server;

  constructor() {
    setTimeout(() => {
      const { reachable, socketFate } = this.#server;
      if (!reachable || socketFate === "refused") return this.lose();
      if (socketFate !== "swallowed") this.#open();
      if (socketFate === "cut after ten seconds")
        setTimeout(() => this.#server.sockets.has(this) && this.lose(), 10_000);
    });
  }

  send(data: string): void {
    const frame = JSON.parse(data) as ClientFrame;
    if (this.#server.socketFate === "silent after a frame") return this.receive({ t: "pong" });
    setTimeout(() => this.#server.sockets.has(this) && this.#server.handleFrame(this, frame));
  }

  receive(frame: ServerFrame): void {
    const data = JSON.stringify(frame);
    setTimeout(() => this.#server.sockets.has(this) && this.onmessage?.({ data }));
  }

  close(): void {
    this.#server.sockets.delete(this);
  }

  lose(): void {
    this.#server.sockets.delete(this);
    this.onclose?.();
  }

  #open(): void {
    this.#server.sockets.add(this);
    this.onopen?.();
  }
}
