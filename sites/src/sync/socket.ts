// One live connection. A half-open connection is detected, a lost one is made again, and a rejected one says why.

import { signal } from "@preact/signals";
import { ApiError } from "../api/client";
import { SignedOutError } from "../auth/auth";
import { type ClientFrame, PROTOCOL, type ServerFrame } from "../api/protocol";

export type ConnectionState = "connecting" | "open" | "lost" | "reload" | "ended" | "stopped";

export interface SocketHandlers {
  /** A new single-use ticket. */
  ticket(): Promise<string>;
  address: string;
  /** The connection is open: load what was missed. If this fails, the connection counts as lost. */
  onOpen(): Promise<void>;
  onFrame(frame: ServerFrame): void;
  /** The connection is closed: nothing that was sent on it will be answered. */
  onClose(): void;
  /** The person is signed out, or may not use this site. */
  onRejected(error: SignedOutError | ApiError): void;
}

/** Whether another attempt would get the same answer. A 4xx without a code is a gateway's, and may pass. */
const isFinal = ({ status, code }: ApiError): boolean =>
  status === 403 || (code !== "" && status >= 400 && status < 500 && status !== 429);

const PING_INTERVAL = 25_000; // the server allows ten idle minutes, and a half-open connection is detected in half a minute
const ANSWER_TIMEOUT = 10_000;
const MAX_LIFETIME = 110 * 60_000; // the server closes after two hours: the client goes first, at a random moment

export class Socket {
  readonly state = signal<ConnectionState>("connecting");
  #socket: WebSocket | null = null;
  #failures = 0;
  #timers: number[] = [];
  #deadline = 0;
  #reconnectNow: (() => void) | null = null;

  constructor(readonly handlers: SocketHandlers) {}

  start(): void {
    const checkNow = () => (this.#socket && this.state.peek() === "open" ? this.#ping() : this.#reconnectNow?.());
    addEventListener("online", checkNow);
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && checkNow());
    void this.#connect();
  }

  stop(state: "ended" | "stopped" | "reload" = "stopped"): void {
    this.state.value = state;
    this.#close();
  }

  /** What was loaded over this connection may not be all: makes another one, after which everything is loaded. */
  reconnect(): void {
    if (this.state.peek() === "open") this.#handleLoss();
  }

  /** Returns whether the frame was sent. It may still not arrive. */
  send(frame: ClientFrame): boolean {
    if (this.state.peek() !== "open" || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  get #isStopped(): boolean {
    return ["ended", "stopped", "reload"].includes(this.state.peek());
  }

  async #connect(): Promise<void> {
    let ticket: string;
    try {
      ticket = await this.handlers.ticket();
    } catch (error) {
      if (error instanceof SignedOutError || (error instanceof ApiError && isFinal(error))) {
        this.stop();
        return this.handlers.onRejected(error);
      }
      return this.#handleLoss();
    }
    if (this.#isStopped) return;
    const socket = new WebSocket(`${this.handlers.address}?ticket=${ticket}`);
    this.#socket = socket;
    this.#startDeadline();
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", protocol: PROTOCOL } satisfies ClientFrame));
    socket.onclose = () => this.#socket === socket && this.#handleLoss();
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.#socket === socket) this.#handleFrame(JSON.parse(event.data) as ServerFrame);
    };
  }

  #handleFrame(frame: ServerFrame): void {
    clearTimeout(this.#deadline);
    if (frame.t === "hello") return this.#handleHello();
    if (frame.t === "bye") return this.#handleBye(frame.code);
    if (frame.t !== "pong") this.handlers.onFrame(frame);
  }

  #handleHello(): void {
    const socket = this.#socket;
    this.state.value = "open";
    this.#timers = [
      setInterval(() => this.#ping(), PING_INTERVAL),
      setTimeout(() => this.#connectLater(0), MAX_LIFETIME + Math.random() * 5 * 60_000),
      setTimeout(() => (this.#failures = 0), 10_000),
    ];
    this.handlers.onOpen().catch(() => this.#socket === socket && this.#handleLoss());
  }

  #handleBye(code: string): void {
    if (code === "reload" || code === "ended") {
      this.stop(code);
      return;
    }
    this.#connectLater(code === "rotate" ? 0 : 500 + Math.random() * 3000);
  }

  #ping(): void {
    if (this.send({ t: "ping" })) this.#startDeadline();
  }

  /** If no frame arrives before the deadline, the connection counts as lost. */
  #startDeadline(): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#handleLoss(), ANSWER_TIMEOUT);
  }

  #handleLoss(): void {
    if (this.#isStopped) return;
    this.#failures++;
    // Full jitter: when a server comes back, its clients do not all connect at one moment.
    this.#connectLater(Math.random() * Math.min(30_000, 500 * 2 ** this.#failures));
  }

  #connectLater(wait: number): void {
    this.state.value = "lost";
    this.#close();
    const next = () => {
      clearTimeout(timer);
      this.#reconnectNow = null;
      if (!this.#isStopped) void this.#connect();
    };
    const timer = setTimeout(next, wait);
    this.#reconnectNow = next;
  }

  #close(): void {
    clearTimeout(this.#deadline);
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.handlers.onClose();
  }
}
