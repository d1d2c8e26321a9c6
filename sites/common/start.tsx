// A page begins in one order: what it is told of its home, who is signed in, then the live connection; each may stop it in words.

import "./theme";
import "./styles/all.css";
import { effect, signal } from "@preact/signals";
import { type ComponentType, render } from "preact";
import { type Call, caller, Refused } from "./api";
import { Auth, SignedOut } from "./auth";
import { type Config, loadConfig } from "./config";
import { follow as followLinks, handOn, opened } from "./invitation";
import { Door, Shut, Unreachable } from "./parts/Door";
import type { Shelf } from "./protocol";
import { followOpenThread, followSchools } from "./resume";
import { follow, go } from "./route";
import { loaded, session, startSession } from "./session";
import { drawer } from "./storage";
import { dir, locale, words } from "./words";

type Phase =
  | { t: "starting" }
  | { t: "unreachable" }
  | { t: "door"; note?: string }
  | { t: "shut"; title?: string; text: string; site?: string }
  | { t: "linked"; place: string }
  | { t: "asked" }
  | { t: "in" };

interface Inside {
  config: Config;
  auth: Auth;
}

/** `place` is where a letter's link invites to; `close` leads to the site's own door. */
export type LinkedProps = Inside & { place: string; close: (note?: string) => void };
/** `joined` lets in whoever has accepted. */
export type AskedProps = Inside & { joined: () => void };

interface Given {
  App: ComponentType;
  /** Where people come in by invitation: what they see by a letter's link, and what they are asked once signed in. */
  invited?: { Linked: ComponentType<LinkedProps>; Asked: ComponentType<AskedProps> };
  /** The pages of this site; the first is its home. */
  pages: readonly string[];
  shelves: readonly Shelf[];
  /** The page for somebody who has nothing yet; the home page for everybody else. */
  first?: () => string | null;
}

const phase = signal<Phase>({ t: "starting" });

export function start(given: Given): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = dir;
  keepAboveKeyboard();
  void begin(given).catch(() => {
    phase.value = { t: "unreachable" };
    render(<Unreachable />, root());
  });
}

async function begin({ App, invited, pages, shelves, first }: Given): Promise<void> {
  const link = opened();
  const config = await loadConfig();
  followLinks();
  if (link && config.invitation) return handOn(config.invitation, link);
  const auth = new Auth(config, drawer(localStorage, config.client), drawer(sessionStorage, config.client));
  if (auth.called) return auth.begin();
  const note = await auth.finish().then(
    () => undefined,
    () => words.door.notFinished,
  );
  if (first && location.hash.length < 2) greet(first);
  follow(pages);
  const ask = caller(config.api, auth);
  const call: Call = (name, body, id) =>
    ask(name, body, id).catch((error: unknown) => {
      if (error instanceof SignedOut) refused(error);
      throw error;
    });
  const connect = () => {
    startSession({ call, auth, config, shelves }, refused);
    phase.value = { t: "in" };
  };
  const enter = () => {
    connect();
    followOpenThread();
    followSchools();
  };
  if (link && invited) phase.value = { t: "linked", place: link };
  else if (auth.signedIn) enter();
  else phase.value = note ? { t: "door", note } : { t: "door" };
  // Signed out in another tab is signed out here; signed in there is signed in here.
  addEventListener("storage", (event) => {
    if (event.key !== `${config.client}:tokens`) return;
    if (event.newValue === null) refused(new SignedOut());
    else if (phase.peek().t === "door") location.reload();
  });
  render(<Root App={App} invited={invited} config={config} auth={auth} connect={connect} />, root());
}

/** The person has left for good: the door says so. */
export function out(note: string): void {
  session.socket.stop();
  session.auth.forget();
  phase.value = { t: "door", note };
}

/** Whoever came by no link and has nothing yet begins where the first thing can be done, once. */
function greet(first: () => string | null): void {
  const stop = effect(() => {
    if (!loaded.value) return;
    queueMicrotask(() => {
      stop();
      const page = first();
      if (page && location.hash.length < 2) go(page, "", { replace: true });
    });
  });
}

function refused(error: Error): void {
  session?.socket.stop();
  if (error instanceof Refused && error.code === "invited") phase.value = { t: "asked" };
  else if (error instanceof Refused) phase.value = { t: "shut", text: error.message, site: error.code.replace("site_is_", "") };
  else phase.value = { t: "door", note: words.door.signedOut };
}

/** Back from a letter's link to the site's own door, or to where one is signed in already. */
function toDoor(auth: Auth, note?: string): void {
  if (auth.signedIn) location.reload();
  else phase.value = note ? { t: "door", note } : { t: "door" };
}

type RootProps = Inside & Pick<Given, "App"> & { invited: Given["invited"]; connect: () => void };

function Root({ App, invited, config, auth, connect }: RootProps) {
  const now = phase.value;
  if (now.t === "linked" && invited)
    return <invited.Linked config={config} auth={auth} place={now.place} close={(note) => toDoor(auth, note)} />;
  if (now.t === "asked" && invited) return <invited.Asked config={config} auth={auth} joined={connect} />;
  if (now.t === "door") return <Door config={config} auth={auth} {...(now.note ? { note: now.note } : {})} />;
  if (now.t === "shut") return <Shut config={config} auth={auth} {...now} />;
  if (now.t !== "in") return null;
  if (session.socket.state.value === "ended")
    return <Shut config={config} auth={auth} title={words.door.ended} text={words.door.endedText} />;
  return <App />;
}

function root(): HTMLElement {
  return document.getElementById("root") as HTMLElement;
}

/** Where the keyboard lies over the page, the page ends where the keyboard begins. */
function keepAboveKeyboard(): void {
  const visible = window.visualViewport;
  const fit = () => document.documentElement.style.setProperty("--height", `${visible?.height ?? innerHeight}px`);
  visible?.addEventListener("resize", () => (visible.scale === 1 ? fit() : undefined));
}
