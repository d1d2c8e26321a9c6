// One live connection. A half-open connection is detected, a lost one is made again, and a rejected one says why.
//
// A connection that is silent counts as lost only when another way reaches the server. A network may let calls through
// and no socket: then the state is `blocked`, and the page asks by HTTP.

import { computed, signal } from "@preact/signals";
import { ApiError } from "../api/client";
import { OtherAccountError, SignedOutError } from "../auth/auth";
import { type ClientFrame, PROTOCOL, type ServerFrame } from "../api/protocol";

export type ConnectionState =
  | "connecting"
  | "open"
  /** It is open, and the server does not answer. */
  | "silent"
  /** The server answers calls, and no socket opens or stays open. */
  | "blocked"
  | "lost"
  | "reload"
  | "ended"
  | "stopped";

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

const PING_INTERVAL = 25_000; // the server allows ten idle minutes
const PATIENCE = 1_400; // ms until a server that does not answer is asked whether it is there
const SILENCE = 3_000; // a person is told
const ANSWER_TIMEOUT = 10_000;
/** How long an attempt may take. Every third one is patient, for a slow network. */
const ATTEMPT_TIMEOUTS = [5_000, 5_000, 15_000] as const;
const MAX_LIFETIME = 50 * 60_000; // the server closes after an hour: the client goes first, at a random moment
/** A network that cuts sockets cuts them sooner than this. */
const SHORT_LIFE = 30_000;
/** While nothing answers, an attempt costs the server nothing: the first attempts follow each other soon. */
const MAX_SHORT_PAUSE = 1_500;
const SHORT_PAUSES = 40;
const MAX_PAUSE = 30_000;
const CROWD_SPREAD = 1_000; // when a network comes back, its devices do not all connect at one moment

export class Socket {
  readonly state = signal<ConnectionState>("connecting");
  /** Whether the server answers, over the socket or not. */
  readonly isReachable = computed(() => ["open", "silent", "blocked"].includes(this.state.value));
  #socket: WebSocket | null = null;
  /** Attempts in a row that nothing answered, and that the server answered with a failure. */
  #unanswered = 0;
  #refused = 0;
  /** Sockets in a row that a network did not let through, or cut soon. */
  #blocked = 0;
  #openedAt = -SHORT_LIFE;
  /** The number of the current attempt: what an earlier one brings is ignored. */
  #attempt = 0;
  #timers: number[] = [];
  #deadline = 0;
  #silence = 0;
  #reconnectNow: (() => void) | null = null;

  constructor(readonly handlers: SocketHandlers) {}

  start(): void {
    addEventListener("online", () => setTimeout(() => this.checkNow(), Math.random() * CROWD_SPREAD));
    addEventListener("offline", () => this.checkNow());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.checkNow());
    for (const act of ["pointerdown", "keydown"]) addEventListener(act, () => this.#reconnectNow?.()); // a person waits
    void this.#connect();
  }

  stop(state: "ended" | "stopped" | "reload" = "stopped"): void {
    this.state.value = state;
    this.#attempt++;
    this.#close();
  }

  /** There is reason to think that the connection has changed: asks the server for a sign of life, or connects. */
  checkNow(): void {
    if (this.#isStopped) return;
    if (this.#socket && this.state.peek() === "open") this.#ping();
    else this.#reconnectNow?.();
  }

  /** What was loaded over this connection may not be all: makes another one, after which everything is loaded. */
  reconnect(): void {
    if (this.#isOpen) this.#handleUnanswered();
  }

  /** Returns whether the frame was sent. It may still not arrive. */
  send(frame: ClientFrame): boolean {
    if (!this.#socket || !this.#isOpen) return false;
    this.#socket.send(JSON.stringify(frame));
    if (frame.t === "send") this.#expectAnswer(PATIENCE);
    if (frame.t === "ping") this.#expectAnswer(SILENCE);
    return true;
  }

  /** A call got no answer: the server cannot be reached after all. */
  handleUnreachable(): void {
    if (this.state.peek() === "blocked") this.state.value = "lost";
  }

  get #isOpen(): boolean {
    return ["open", "silent"].includes(this.state.peek());
  }

  get #isStopped(): boolean {
    return ["ended", "stopped", "reload"].includes(this.state.peek());
  }

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    const isCurrent = () => attempt === this.#attempt;
    clearTimeout(this.#deadline);
    const timeout = ATTEMPT_TIMEOUTS[this.#unanswered % ATTEMPT_TIMEOUTS.length];
    let hasTicket = false as boolean;
    const fail = () => isCurrent() && (hasTicket ? this.#handleBlocked() : this.#handleUnanswered());
    this.#deadline = setTimeout(fail, timeout);
    let ticket: string;
    try {
      ticket = await this.handlers.ticket();
    } catch (error) {
      if (!isCurrent()) return;
      const isAnswer = error instanceof ApiError;
      if (error instanceof SignedOutError || (isAnswer && isFinal(error))) {
        this.stop();
        return this.handlers.onRejected(error);
      }
      if (error instanceof OtherAccountError) return this.stop();
      return isAnswer ? this.#handleBusy() : this.#handleUnanswered();
    }
    if (!isCurrent()) return;
    hasTicket = true;
    if (this.state.peek() === "silent") this.state.value = "lost"; // the server answers calls: that connection is dead
    this.#close();
    this.#deadline = setTimeout(fail, timeout);
    const socket = new WebSocket(`${this.handlers.address}?ticket=${ticket}`);
    this.#socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ t: "hello", protocol: PROTOCOL } satisfies ClientFrame));
    socket.onclose = () => this.#socket === socket && this.#handleClose();
    socket.onmessage = (event: MessageEvent<string>) => {
      if (this.#socket === socket) this.#handleFrame(JSON.parse(event.data) as ServerFrame);
    };
  }

  #handleFrame(frame: ServerFrame): void {
    this.#handleSignOfLife();
    if (frame.t === "hello") return this.#handleHello();
    if (frame.t === "bye") return this.#handleBye(frame.code);
    if (frame.t !== "pong") this.handlers.onFrame(frame);
  }

  #handleHello(): void {
    const socket = this.#socket;
    this.#openedAt = performance.now();
    this.state.value = "open";
    this.#timers = [
      setInterval(() => this.#ping(), PING_INTERVAL),
      setTimeout(() => this.#connectLater(0), MAX_LIFETIME + Math.random() * 300_000),
      setTimeout(() => (this.#unanswered = this.#refused = 0), 10_000),
      setTimeout(() => (this.#blocked = 0), SHORT_LIFE),
    ];
    this.handlers.onOpen().catch(() => this.#socket === socket && this.#handleUnanswered());
  }

  #handleBye(code: string): void {
    if (code === "reload" || code === "ended") {
      this.stop(code);
      return;
    }
    this.#openedAt = -SHORT_LIFE; // the server has closed it, not a network
    this.#connectLater(code === "rotate" ? 0 : 500 + Math.random() * 3000);
  }

  #ping(): void {
    this.send({ t: "ping" });
  }

  /** A frame of the server: an attempt to replace the connection is not needed any more. */
  #handleSignOfLife(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#silence);
    this.#deadline = this.#silence = 0;
    if (this.state.peek() !== "silent") return;
    this.#attempt++;
    this.state.value = "open";
  }

  /**
   * If no frame arrives soon, the server is pinged: it may be busy with what it was sent. If that is not answered
   * either, a person is told and another connection is tried; later this one counts as lost.
   */
  #expectAnswer(wait: number): void {
    if (this.#silence) return;
    this.#silence = setTimeout(() => {
      this.#silence = 0;
      if (wait === PATIENCE) {
        this.#socket?.send(JSON.stringify({ t: "ping" } satisfies ClientFrame));
        this.#expectAnswer(SILENCE - PATIENCE);
      } else if (this.state.peek() === "open") {
        this.state.value = "silent";
        void this.#connect();
      }
    }, wait);
    if (!this.#deadline) this.#deadline = setTimeout(() => this.#handleUnanswered(), ANSWER_TIMEOUT);
  }

  /** The socket was closed without a word, by a network or by a server that has ended. */
  #handleClose(): void {
    if (!this.#isOpen) return this.#handleBlocked();
    const isShortLived = performance.now() - this.#openedAt < SHORT_LIFE;
    if (isShortLived && this.#blocked++ > 0) return this.#handleBlocked();
    this.#handleUnanswered();
  }

  /** Calls are answered and no socket opens: another network, or another moment, may let one through. */
  #handleBlocked(): void {
    this.#blocked++;
    this.#connectLater(fullJitter(MAX_PAUSE, this.#blocked), "blocked");
  }

  /** The server answered that it cannot serve now. */
  #handleBusy(): void {
    this.#refused++;
    this.#connectLater(fullJitter(MAX_PAUSE, this.#refused));
  }

  #handleUnanswered(): void {
    this.#unanswered++;
    const isShort = this.#unanswered <= SHORT_PAUSES && document.visibilityState === "visible";
    this.#connectLater(fullJitter(isShort ? MAX_SHORT_PAUSE : MAX_PAUSE, this.#unanswered));
  }

  #connectLater(wait: number, state: "lost" | "blocked" = "lost"): void {
    if (this.#isStopped) return;
    this.#attempt++;
    this.#close();
    this.state.value = state;
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
    clearTimeout(this.#silence);
    this.#deadline = this.#silence = 0;
    this.#timers.forEach((timer) => clearTimeout(timer));
    this.#timers = [];
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.handlers.onClose();
  }
}

/** A random pause that grows with the failures: when a server comes back, its clients do not all connect at one moment. */
const fullJitter = (most: number, failures: number): number => Math.random() * Math.min(most, 500 * 2 ** failures);
