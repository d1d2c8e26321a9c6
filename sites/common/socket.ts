// There is one live connection or one on its way: a half-open one is noticed, a lost one comes back, a refused one says why.

import { signal } from "@preact/signals";
import { Refused } from "./api";
import { SignedOut } from "./auth";
import { type ClientFrame, PROTOCOL, type ServerFrame } from "./protocol";

export type Connection = "connecting" | "open" | "lost" | "reload" | "ended" | "stopped";

export interface Wire {
  /** A new single-use ticket. */
  ticket(): Promise<string>;
  address: string;
  /** The server said hello: load what was missed. A failure here is a lost connection. */
  opened(): Promise<void>;
  arrived(frame: ServerFrame): void;
  /** The connection is gone; nothing sent on it will be answered. */
  closed(): void;
  /** Signed out, or this party may not be here. */
  refused(error: SignedOut | Refused): void;
}

/** Whether asking again would be answered the same. A 4xx without our code is a gateway's: it may pass. */
const isFinal = ({ status, code }: Refused): boolean => status === 403 || (code !== "" && status >= 400 && status < 500 && status !== 429);

const BEAT = 25_000; // well within the server's ten idle minutes, and a half-open socket is noticed in half a minute
const PATIENCE = 10_000;
const LIFE = 110 * 60_000; // the server cuts after two hours: we go a little before, at a moment of our own

export class Socket {
  readonly state = signal<Connection>("connecting");
  #socket: WebSocket | null = null;
  #failures = 0;
  #timers: number[] = [];
  #deadline = 0;
  #wake: (() => void) | null = null;

  constructor(readonly wire: Wire) {}

  start(): void {
    const look = () => (this.#socket && this.state.peek() === "open" ? this.#beat() : this.#wake?.());
    addEventListener("online", look);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
    void this.#connect();
  }

  stop(state: "ended" | "stopped" | "reload" = "stopped"): void {
    this.state.value = state;
    this.#drop();
  }

  /** Whether the frame left. That it left is no promise that it arrived. */
  send(frame: ClientFrame): boolean {
    if (this.state.peek() !== "open" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  get #over(): boolean {
    return ["ended", "stopped", "reload"].includes(this.state.peek());
  }

  async #connect(): Promise<void> {
    let ticket: string;
    try {
      ticket = await this.wire.ticket();
    } catch (error) {
      if (error instanceof SignedOut || (error instanceof Refused && isFinal(error))) {
        this.stop();
        return this.wire.refused(error);
      }
      return this.#lost();
    }
    if (this.#over) return;
    const socket = new WebSocket(`${this.wire.address}?ticket=${ticket}`);
    this.#socket = socket;
    this.#expect();
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", protocol: PROTOCOL } satisfies ClientFrame));
    socket.onclose = () => this.#socket === socket && this.#lost();
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.#socket === socket) this.#heard(JSON.parse(event.data) as ServerFrame);
    };
  }

  #heard(frame: ServerFrame): void {
    clearTimeout(this.#deadline);
    if (frame.t === "hello") return this.#welcome();
    if (frame.t === "bye") return this.#bye(frame.code);
    if (frame.t !== "pong") this.wire.arrived(frame);
  }

  #welcome(): void {
    const socket = this.#socket;
    this.state.value = "open";
    this.#timers = [
      setInterval(() => this.#beat(), BEAT),
      setTimeout(() => this.#again(0), LIFE + Math.random() * 5 * 60_000),
      setTimeout(() => (this.#failures = 0), 10_000),
    ] as unknown as number[];
    this.wire.opened().catch(() => this.#socket === socket && this.#lost());
  }

  #bye(code: string): void {
    if (code === "reload" || code === "ended") {
      this.stop(code);
      return;
    }
    this.#again(code === "rotate" ? 0 : 500 + Math.random() * 3000);
  }

  #beat(): void {
    if (this.send({ t: "ping" })) this.#expect();
  }

  /** Anything must be heard soon, or the connection is taken for dead. */
  #expect(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#lost(), PATIENCE) as unknown as number;
  }

  #lost(): void {
    if (this.#over) return;
    this.#failures++;
    // Full jitter: when a server comes back, its clients do not all come back at one moment.
    this.#again(Math.random() * Math.min(30_000, 500 * 2 ** this.#failures));
  }

  #again(wait: number): void {
    this.state.value = "lost";
    this.#drop();
    const next = () => {
      clearTimeout(timer);
      this.#wake = null;
      if (!this.#over) void this.#connect();
    };
    const timer = setTimeout(next, wait);
    this.#wake = next;
  }

  #drop(): void {
    clearTimeout(this.#deadline);
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.wire.closed();
  }
}
