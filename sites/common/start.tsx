// A page begins in one order: what it is told of its home, who is signed in, then the live connection; each may stop it in words.

import "./theme";
import "./styles/all.css";
import { effect, signal } from "@preact/signals";
import { type ComponentChild, type ComponentType, render } from "preact";
import { type Call, caller, Refused } from "./api";
import { Auth, SignedOut } from "./auth";
import { followMinutes } from "./clock";
import { type Config, loadConfig, NoAnswer } from "./config";
import { Broken, Guard } from "./parts/Broken";
import { Door, Shut, Unreachable, whyNotBegun, whyNotFinished } from "./parts/Door";
import type { Shelf } from "./protocol";
import { followOpenThread, followSchools } from "./resume";
import { follow, go } from "./route";
import { loaded, session, startSession } from "./session";
import { browserDrawer, tabDrawer } from "./storage";
import { outliveTranslation } from "./translated";
import { dir, locale, words } from "./words";

type Phase =
  | { t: "starting" }
  | { t: "door"; note?: string }
  | { t: "shut"; title?: string; text: string; site?: string }
  | { t: "in" };

interface Given {
  App: ComponentType;
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

async function begin({ App, pages, shelves, first }: Given): Promise<void> {
  const config = await loadConfig();
  const auth = new Auth(config, browserDrawer(config.client), tabDrawer(config.client));
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
      if (error instanceof SignedOut) refused(error);
      throw error;
    });
  const enter = () => {
    startSession({ call, auth, config, shelves }, refused);
    followOpenThread();
    followSchools();
    phase.value = { t: "in" };
  };
  if (auth.signedIn) enter();
  else phase.value = note ? { t: "door", note } : { t: "door" };
  // Signed out in another tab is signed out here; signed in there is signed in here.
  addEventListener("storage", (event) => {
    if (event.key !== `${config.client}:tokens`) return;
    if (event.newValue === null) refused(new SignedOut());
    else if (phase.peek().t === "door") location.reload();
  });
  draw(
    <Guard name={config.client}>
      <Root App={App} config={config} auth={auth} />
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

function refused(error: Error): void {
  session?.socket.stop();
  if (error instanceof Refused) phase.value = { t: "shut", text: error.message, site: error.code.replace("site_is_", "") };
  else phase.value = { t: "door", note: words.door.signedOut };
}

function Root({ App, config, auth }: { App: ComponentType; config: Config; auth: Auth }) {
  const now = phase.value;
  if (now.t === "door") return <Door config={config} auth={auth} {...(now.note ? { note: now.note } : {})} />;
  if (now.t === "shut") return <Shut config={config} auth={auth} {...now} />;
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
