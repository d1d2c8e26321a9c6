// One live connection. A half-open connection is detected, a lost one is made again, and a rejected one says why.
//
// A connection that is silent counts as lost only when another way reaches the server. A network may let calls through
// and no socket: then the state is `blocked`, and the page asks by HTTP.

import { computed, signal } from "@preact/signals";
import { ApiError } from "../api/client";
import { now } from "../browser/server-clock";
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
  /** How often a sign of life is asked for, in ms (see `Config`). Reconnects are spread over a part of it. */
  beat: number;
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

const PATIENCE = 1_400; // ms until a server that does not answer is asked (again) whether it is there
const SILENCE = 3_000; // a person is told
const ANSWER_TIMEOUT = 10_000;
/** How long an attempt may take. Every third one is patient, for a slow network. */
const ATTEMPT_TIMEOUTS = [5_000, 5_000, 15_000] as const;
/** The server closes after an hour. The client goes first, at a random moment. */
const MIN_LIFETIME = 50 * 60_000;
const LIFETIME_SPREAD = 8 * 60_000;
/** A person who acts after so long without a frame, perhaps on a device that slept, must not trust a dead connection. */
const LONG_SILENCE = 120_000;
/** A network that cuts sockets cuts them sooner than this. */
const SHORT_LIFE = 30_000;
/** While nothing answers, an attempt costs the server nothing: the first attempts follow each other soon. */
const SHORT_PAUSES = 40;
const MAX_PAUSE = 30_000;

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
  /** Whether the connection is younger than SHORT_LIFE. */
  #isYoung = false;
  /** The number of the current attempt: what an earlier one brings is ignored. */
  #attempt = 0;
  #timers: number[] = [];
  #deadline = 0;
  #silence = 0;
  #reconnectNow: (() => void) | null = null;
  #heardAt = 0;

  /** When a network comes back or a server has ended, its pages do not all connect at one moment. In ms. */
  readonly #spread: number;

  constructor(readonly handlers: SocketHandlers) {
    this.#spread = Math.max(1_000, handlers.beat / 100);
  }

  start(): void {
    addEventListener("online", () => setTimeout(() => this.checkNow(), Math.random() * this.#spread));
    addEventListener("offline", () => this.checkNow());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.checkNow());
    const checkForPerson = () => {
      if (this.#reconnectNow || now() - this.#heardAt > LONG_SILENCE) this.checkNow();
    };
    for (const act of ["pointerdown", "keydown"]) addEventListener(act, checkForPerson);
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
    if (frame.t === "send" || frame.t === "ping") this.#expectAnswer();
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
    if (this.#isOpen || frame.t === "hello") this.#handleSignOfLife(); // frames may come before it
    if (frame.t === "hello") return this.#handleHello();
    if (frame.t === "bye") return this.#handleBye(frame.code);
    if (frame.t !== "pong") this.handlers.onFrame(frame);
  }

  #handleHello(): void {
    const socket = this.#socket;
    this.#isYoung = true;
    this.state.value = "open";
    this.#timers = [
      setInterval(() => this.#ping(), this.handlers.beat * (1 - Math.random() / 8)),
      setTimeout(() => this.#connectLater(0), MIN_LIFETIME + Math.random() * LIFETIME_SPREAD),
      setTimeout(() => {
        this.#isYoung = false;
        this.#unanswered = this.#refused = this.#blocked = 0;
      }, SHORT_LIFE),
    ];
    this.handlers.onOpen().catch(() => this.#socket === socket && this.#handleUnanswered());
  }

  #handleBye(code: string): void {
    if (code === "reload" || code === "ended") {
      this.stop(code);
      return;
    }
    this.#isYoung = false; // the server has closed it, not a network
    this.#connectLater(code === "rotate" ? 0 : Math.random() * 4 * this.#spread);
  }

  #ping(): void {
    this.send({ t: "ping" });
  }

  /** A frame of the server: an attempt to replace the connection is not needed any more. */
  #handleSignOfLife(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#silence);
    this.#deadline = this.#silence = 0;
    this.#heardAt = now();
    if (this.state.peek() !== "silent") return;
    this.#attempt++;
    this.state.value = "open";
  }

  /**
   * If no frame arrives soon, the server is pinged: it may be busy with what it was sent, or a gateway has dropped one
   * frame. If that is not answered either, a person is told and another connection is tried, at a random moment; later
   * this one counts as lost.
   */
  #expectAnswer(): void {
    if (this.#silence) return;
    const tryAnother = () => this.state.peek() === "silent" && void this.#connect();
    const handleSilence = () => {
      this.#silence = 0;
      if (this.state.peek() !== "open") return;
      this.state.value = "silent";
      this.#timers.push(setTimeout(tryAnother, Math.random() * this.#spread));
    };
    this.#silence = setTimeout(() => {
      this.#silence = setTimeout(handleSilence, SILENCE - PATIENCE);
      this.#ping();
    }, PATIENCE);
    this.#deadline ||= setTimeout(() => this.#handleUnanswered(), ANSWER_TIMEOUT);
  }

  /** The socket was closed without a word, by a network or by a server that has ended. */
  #handleClose(): void {
    if (!this.#isOpen) return this.#handleBlocked();
    if (this.#isYoung && this.#blocked++ > 0) return this.#handleBlocked();
    this.#handleUnanswered();
  }

  /** Calls are answered and no socket opens: another network, or another moment, may let one through. */
  #handleBlocked(): void {
    this.#blocked++;
    this.#connectLater(this.#jitter(MAX_PAUSE, this.#blocked), "blocked");
  }

  /** The server answered that it cannot serve now. */
  #handleBusy(): void {
    this.#refused++;
    this.#connectLater(this.#jitter(MAX_PAUSE, this.#refused));
  }

  #handleUnanswered(): void {
    this.#unanswered++;
    const isShort = this.#unanswered <= SHORT_PAUSES && document.visibilityState === "visible";
    this.#connectLater(this.#jitter(isShort ? 1.5 * this.#spread : MAX_PAUSE, this.#unanswered));
  }

  /** A random pause that grows with the failures, from the spread on. */
  #jitter(most: number, failures: number): number {
    return Math.random() * Math.min(most, (this.#spread / 2) * 2 ** failures);
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
