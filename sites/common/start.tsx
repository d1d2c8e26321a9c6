// A page begins in one order: what it is told of its home, who is signed in, then the live connection; each may stop it in words.

import "./theme";
import "./styles/all.css";
import { effect, signal } from "@preact/signals";
import { type ComponentChild, type ComponentType, render } from "preact";
import { type Call, caller, Refused } from "./api";
import { Auth, OtherAccount, SignedOut } from "./auth";
import { followMinutes } from "./clock";
import { type Config, loadConfig, NoAnswer } from "./config";
import { Broken, Guard } from "./parts/Broken";
import { Door, Leaving, Shut, Stopped, Unreachable, whyNotBegun, whyNotFinished } from "./parts/Door";
import { follow as followLinks, handOn, opened } from "./invitation";
import { leave } from "./leaving";
import type { Shelf } from "./protocol";
import { followOpenThread, followSchools } from "./resume";
import { follow, go } from "./route";
import { account, loaded, session, startSession } from "./session";
import { browserDrawer, tabDrawer } from "./storage";
import { outliveTranslation } from "./translated";
import { dir, locale, words } from "./words";

type Phase =
  | { t: "starting" }
  | { t: "door"; note?: string }
  | { t: "other" }
  | { t: "leaving" }
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
  outliveTranslation();
  followMinutes();
  void begin(given).catch((error: unknown) => {
    if (error instanceof NoAnswer) return draw(<Unreachable />);
    console.error(error);
    draw(<Broken error={error} />);
  });
}

async function begin({ App, invited, pages, shelves, first }: Given): Promise<void> {
  const config = await loadConfig(); // where it fails, an invitation's link stays in the address, for the reload
  const auth = new Auth(config, browserDrawer(config.client), tabDrawer(config.client));
  if (auth.leaving !== null) return leave(auth, () => draw(<Leaving />)); // before anybody else can come in
  const link = opened();
  followLinks();
  if (link && config.invitation) return handOn(config.invitation, link);
  let note: string | void;
  if (auth.called) {
    note = await auth.begin().catch(whyNotBegun);
    if (!note) return;
  } else note = await auth.finish().catch(whyNotFinished);
  if (first && location.hash.length < 2) greet(first);
  follow(pages);
  const ask = caller(config.api, auth);
  const call: Call = (name, body, id) =>
    ask(name, body, id).catch((error: unknown) => {
      if (error instanceof SignedOut || error instanceof OtherAccount) refused(error);
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
  // Signed out in another tab is signed out here; signed in there is signed in here, unless it is another account.
  addEventListener("storage", (event) => {
    if (event.key === `${config.client}:leaving` && event.newValue !== null) leaveToo(auth);
    if (event.key !== `${config.client}:tokens`) return;
    if (event.newValue === null) refused(new SignedOut());
    else if (phase.peek().t === "door") location.reload();
    else if (auth.isOther) refused(new OtherAccount());
  });
  draw(
    <Guard name={config.client}>
      <Root App={App} invited={invited} config={config} auth={auth} connect={connect} />
    </Guard>,
  );
}

/** Drawn once: it takes the place of what the document says until then. */
function draw(page: ComponentChild): void {
  const root = document.getElementById("root") as HTMLElement;
  root.replaceChildren();
  render(page, root);
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

/** The page stops: it was signed out, belongs to an account that is not signed in any more, or is not for this party. */
function refused(error: Error): void {
  if (error instanceof Refused && error.code === "invited") stop({ t: "asked" });
  else if (error instanceof Refused) stop({ t: "shut", text: error.message, site: error.code.replace("site_is_", "") });
  else if (error instanceof OtherAccount) stop({ t: "other" });
  else stop({ t: "door", note: account.peek()?.isStored ? words.door.signedOutKept : words.door.signedOut });
}

/** Nothing more is sent from this page, and nothing of the account is shown on it. */
function stop(why: Phase): void {
  session?.socket.stop();
  account.peek()?.acts.stop();
  phase.value = why;
}

/** Sign out; while the issuer cannot be reached, show nothing and go on trying. */
export function signOut(): void {
  const { auth } = session;
  session.socket.stop();
  account.peek()?.acts.stop(); // what is deleted then is not sent before
  auth.leaveLater(account.peek()?.party ?? "");
  leave(auth, () => (phase.value = { t: "leaving" }));
}

/** Another tab signs out. It may be closed before the issuer can be reached, so this tab goes on with it as well. */
function leaveToo(auth: Auth): void {
  stop({ t: "leaving" });
  const over = () => (auth.signedIn ? location.reload() : refused(new SignedOut()));
  leave(auth, () => undefined, over);
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
  if (now.t === "other") return <Stopped />;
  if (now.t === "leaving") return <Leaving />;
  if (now.t !== "in") return null;
  if (session.socket.state.value === "ended")
    return <Shut config={config} auth={auth} title={words.door.ended} text={words.door.endedText} />;
  return <App />;
}

/** Where the keyboard lies over the page, the page ends where the keyboard begins. */
function keepAboveKeyboard(): void {
  const visible = window.visualViewport;
  const fit = () => document.documentElement.style.setProperty("--height", `${visible?.height ?? innerHeight}px`);
  visible?.addEventListener("resize", () => (visible.scale === 1 ? fit() : undefined));
}
