// A site starts in this order: load the configuration, find out who is signed in, open the connection. Each step can
// end with a page that says why.

import "../../browser/theme";
import "../../styles/all.css";
import { effect, signal } from "@preact/signals";
import { type ComponentChild, type ComponentType, render } from "preact";
import { useEffect } from "preact/hooks";
import { type ApiClient, createApiClient, ApiError, errorMessage } from "../../api/client";
import { Auth, OtherAccountError, preloadOpenid, SignedOutError } from "../../auth/auth";
import { dropError } from "../../browser/drop-error";
import { startMinuteClock } from "../../browser/server-clock";
import { type Config, loadConfig, UnreachableError } from "../../api/config";
import { ErrorPage, ErrorBoundary } from "./ErrorBoundary";
import { lazyPage, lazyPart } from "./lazy-page";
import { signInError } from "./sign-in-error";
import { UnreachablePage } from "./UnreachablePage";
import { reloadOnLetterLink, takeLetterLink } from "../../auth/letter-link";
import type { Mailbox } from "../../api/types";
import { watchOpenThread } from "../../sync/open-thread";
import { lazyImport } from "../../browser/lazy-import";
import { watchHash, navigate } from "../../browser/route";
import { loadAccountModule } from "../../sync/account-module";
import { startSession } from "../../sync/session";
import { account, isLoaded, session } from "../../sync/store";
import { localNamespace, tabNamespace } from "../../browser/storage";
import { toast } from "../../ui/toast";
import { surviveTranslation } from "../../ui/survive-translation";
import { dir, locale, messages } from "../../i18n/messages";

type Phase =
  | { t: "starting" }
  | { t: "signIn"; note?: string }
  | { t: "otherAccount" }
  | { t: "signingOut" }
  | { t: "accessDenied"; refusal: ApiError }
  | { t: "invitationLink"; invitationId: string }
  | { t: "invitationChoice" }
  | { t: "app" };

interface AuthContext {
  config: Config;
  auth: Auth;
}

/** `invitationId` is the invitation of the link. `close` shows the site's sign-in page. */
export type InvitationLinkProps = AuthContext & { invitationId: string; close: (note?: string) => void };
/** `onJoined` opens the site for a person who has accepted. */
export type InvitationChoiceProps = AuthContext & { onJoined: () => void };

interface SiteOptions {
  App: ComponentType;
  /** For a site that people join by invitation: the page of an invitation's link, and the page after sign-in. */
  invitations?: { LinkPage: ComponentType<InvitationLinkProps>; ChoicePage: ComponentType<InvitationChoiceProps> };
  /** The pages of this site. The first is the home page. */
  pages: readonly string[];
  shelves: readonly Mailbox[];
  /** The page for a person who has nothing yet; null for everybody else. */
  firstRunPage?: () => string | null;
}

const SIGN_OUT_RETRY = 10_000; // ms
const never = () => false; // loaded when it is shown
const AccessDenied = lazyPage(() => import("./StoppedPages").then((page) => page.AccessDenied), never);
const SignInPage = lazyPage(() => import("./SignInPage").then((page) => page.SignInPage), never);
const SigningOutPage = lazyPart(() => import("./SigningOutPage").then((page) => page.SigningOutPage));
const OtherAccountPage = lazyPage(() => import("./StoppedPages").then((page) => page.OtherAccountPage), never);

/** What the page shows. */
export const phase = signal<Phase>({ t: "starting" });

export function startSite(options: SiteOptions): void {
  document.documentElement.lang = locale;
  document.documentElement.dir = dir;
  fitAboveKeyboard();
  surviveTranslation();
  startMinuteClock();
  showUnexpectedErrors();
  void run(options).catch((error: unknown) => {
    if (error instanceof UnreachableError) return renderPage(<UnreachablePage />);
    console.error(error);
    renderPage(<ErrorPage error={error} />);
  });
}

/** The browser is back from the issuer: fetches what the app needs beside the configuration, and not after it. */
function fetchAppBeside(): void {
  void preloadOpenid().catch(dropError("it is loaded again"));
  void loadAccountModule().catch(dropError("it is loaded again"));
}

const importFinishSignOut = () => import("./finish-sign-out");

/** It is loaded with the issuer's protocol, which it needs. Without either it is tried again, as without the issuer. */
const finishSignOut = (auth: Auth, onDoneElsewhere?: () => void): Promise<void> =>
  lazyImport(importFinishSignOut)
    .then((part) => part.finishSignOut(auth, onDoneElsewhere))
    .catch((error: unknown) => {
      dropError("it is tried again")(error);
      setTimeout(() => void finishSignOut(auth, onDoneElsewhere), SIGN_OUT_RETRY);
    });

const importLetterForm = () => import("../../auth/submit-letter-token");

async function run({ App, invitations, pages, shelves, firstRunPage }: SiteOptions): Promise<void> {
  if (new URL(location.href).searchParams.has("state")) fetchAppBeside();
  const config = await loadConfig(); // if it fails, an invitation's link stays in the address for the reload
  const auth = new Auth(config, localNamespace(config.client), tabNamespace(config.client));
  if (auth.pendingSignOut !== null) {
    renderPage(<SigningOutPage />);
    return finishSignOut(auth); // before another person can sign in
  }
  if (!auth.isSignedIn) void auth.prepareSignIn().catch(dropError("it is loaded again"));
  const link = takeLetterLink();
  reloadOnLetterLink();
  const letterPage = link && config[link.kind];
  if (letterPage) return (await lazyImport(importLetterForm)).submitLetterToken(letterPage, link.token);
  let note: string | void = takeNote(auth);
  if (auth.isSignInRequested) {
    note = await auth.startSignIn().catch((error: unknown) => signInError(error, "start"));
    if (!note) return;
  } else note = (await auth.finishSignIn().catch((error: unknown) => signInError(error, "finish"))) ?? note;
  if (firstRunPage && location.hash.length < 2) redirectFirstRun(firstRunPage);
  watchHash(pages);
  const client = createApiClient(config.api, auth);
  const call: ApiClient = (name, body, id) =>
    client(name, body, id).catch((error: unknown) => {
      const isEnded = error instanceof ApiError && error.code === "account_ended";
      if (isEnded || error instanceof SignedOutError || error instanceof OtherAccountError) onRejected(error);
      throw error;
    });
  const connect = () => {
    startSession({ call, auth, config, shelves }, onRejected);
    phase.value = { t: "app" };
  };
  const openApp = () => {
    connect();
    effect(() => {
      if (session.socket.state.value === "ended") forgetEndedAccount();
    });
    watchOpenThread();
  };
  if (link?.kind === "invitation" && invitations) phase.value = { t: "invitationLink", invitationId: link.token };
  else if (auth.isSignedIn) openApp();
  else phase.value = note ? { t: "signIn", note } : { t: "signIn" };
  // A sign-out in another tab signs this tab out. A sign-in in another tab signs this tab in, unless it is another
  // account.
  addEventListener("storage", (event) => {
    if (event.key === `${config.client}:leaving` && event.newValue !== null) onSignOutElsewhere(auth);
    if (event.key !== `${config.client}:tokens`) return;
    if (event.newValue === null) onRejected(new SignedOutError());
    else if (phase.peek().t === "signIn") location.reload();
    else if (auth.isOtherAccount) onRejected(new OtherAccountError());
  });
  addEventListener("pageshow", ({ persisted }) => persisted && onRestored(auth));
  renderPage(
    <ErrorBoundary name={config.client}>
      <Root App={App} invitations={invitations} config={config} auth={auth} connect={connect} />
    </ErrorBoundary>,
  );
}

/** Replaces what the document shows, once. */
function renderPage(page: ComponentChild): void {
  const root = document.getElementById("root") as HTMLElement;
  root.replaceChildren();
  render(<FocusKept>{page}</FocusKept>, root);
}

const importKeepFocus = () => import("../../ui/keep-focus");
type KeepFocus = Awaited<ReturnType<typeof importKeepFocus>>;

let keepFocusPart: KeepFocus | null = null;

/**
 * Does something with the focus as soon as the page is drawn and the part that keeps the focus is loaded. It does not wait
 * for a frame: a focus that moves later would close what a key has opened meanwhile.
 */
export function withFocus(run: (focus: KeepFocus) => void): void {
  const runWith = (part: KeepFocus) => run((keepFocusPart = part));
  const loaded = keepFocusPart;
  if (loaded) return queueMicrotask(() => run(loaded));
  void lazyImport(importKeepFocus).then(runWith).catch(dropError("the focus is not kept"));
}

/** The first page does not wait for it. */
function FocusKept({ children }: { children: ComponentChild }) {
  useEffect(() => withFocus((focus) => focus.keepFocus()), []);
  return <>{children}</>;
}

/**
 * Shows an error that nothing has handled: nobody may believe that all is well. Browsers also report what is no error,
 * and has none.
 */
function showUnexpectedErrors(): void {
  const show = (error: unknown) => {
    const isPageStopped = error instanceof SignedOutError || error instanceof OtherAccountError; // and says so
    if (!isPageStopped && phase.peek().t === "app") toast(errorMessage(error));
  };
  addEventListener("unhandledrejection", ({ reason }) => show(reason));
  addEventListener("error", ({ error }) => {
    if (error) show(error);
  });
}

const NOTE = "note";

/** Signs out a person who has left for good, also at the issuer. The sign-in page then shows the note. */
export function signOutForGood(note: string): void {
  session.auth.tabStorage.set(NOTE, note);
  signOut();
}

function takeNote({ tabStorage }: Auth): string | undefined {
  const note = tabStorage.get(NOTE) ?? undefined;
  tabStorage.remove(NOTE);
  return note;
}

/** Sends a person who has nothing yet, and followed no link, to the page where they can start. Once. */
function redirectFirstRun(firstRunPage: () => string | null): void {
  const stop = effect(() => {
    if (!isLoaded.value) return;
    queueMicrotask(() => {
      stop();
      const page = firstRunPage();
      if (page && location.hash.length < 2) navigate(page, "", { replace: true });
    });
  });
}

/** Stops the page: it was signed out, its account is not signed in any more, or the site is not for this party. */
function onRejected(error: Error): void {
  if (error instanceof ApiError && error.code === "account_ended") forgetEndedAccount();
  if (error instanceof ApiError && error.code === "invited") stopPage({ t: "invitationChoice" });
  else if (error instanceof ApiError) stopPage({ t: "accessDenied", refusal: error });
  else if (error instanceof OtherAccountError) stopPage({ t: "otherAccount" });
  else
    stopPage({
      t: "signIn",
      note: account.peek()?.hasStoredText ? messages.auth.signedOutKept : messages.auth.signedOut,
    });
}

/** Nobody signs in to this account again: what it wrote is deleted, and so are its tokens, which can decrypt it. */
function forgetEndedAccount(): void {
  account.peek()?.clear();
  session.auth.clearTokens();
}

/**
 * The browser shows the page again as it was left, for example by "back". Its account may have signed out since, and
 * its buttons may still be busy.
 */
function onRestored(auth: Auth): void {
  const isSameAccount = auth.pendingSignOut === null && auth.isSignedIn && !auth.isOtherAccount;
  if (isSameAccount && phase.peek().t === "app") return session.socket.reconnect();
  stopPage({ t: "starting" });
  location.reload();
}

/** After this the page sends nothing, and shows nothing of the account. */
function stopPage(why: Phase): void {
  session?.socket.stop();
  account.peek()?.outbox.stop();
  phase.value = why;
}

/** Signs out. While the issuer cannot be reached, it tries again. The page shows nothing of the account from now on. */
export function signOut(): void {
  const { auth } = session;
  stopPage({ t: "signingOut" }); // what is deleted then must not be sent before
  auth.requestSignOut(account.peek()?.party ?? "");
  void finishSignOut(auth);
}

/**
 * Another tab signs out, and this tab shows it. That tab may be closed before the issuer can be reached, so this tab
 * tries it too.
 */
function onSignOutElsewhere(auth: Auth): void {
  stopPage({ t: "signingOut" });
  const onDoneElsewhere = () => (auth.isSignedIn ? location.reload() : onRejected(new SignedOutError()));
  void finishSignOut(auth, onDoneElsewhere);
}

/** Leaves the invitation page for the sign-in page, or for the site if the person is signed in. */
function toSignIn(auth: Auth, note?: string): void {
  if (auth.isSignedIn) location.reload();
  else phase.value = note ? { t: "signIn", note } : { t: "signIn" };
}

type RootProps = AuthContext &
  Pick<SiteOptions, "App"> & { invitations: SiteOptions["invitations"]; connect: () => void };

function Root({ App, invitations, config, auth, connect }: RootProps) {
  const current = phase.value;
  if (current.t === "invitationLink" && invitations)
    return (
      <invitations.LinkPage
        config={config}
        auth={auth}
        invitationId={current.invitationId}
        close={(note) => toSignIn(auth, note)}
      />
    );
  if (current.t === "invitationChoice" && invitations)
    return <invitations.ChoicePage config={config} auth={auth} onJoined={connect} />;
  if (current.t === "signIn")
    return <SignInPage config={config} auth={auth} {...(current.note ? { note: current.note } : {})} />;
  if (current.t === "accessDenied") return <AccessDenied config={config} signOut={signOut} {...current} />;
  if (current.t === "otherAccount") return <OtherAccountPage />;
  if (current.t === "signingOut") return <SigningOutPage />;
  if (current.t !== "app") return null;
  if (session.socket.state.value === "ended") return <AccessDenied config={config} signOut={signOut} />;
  return <App />;
}

/** If the keyboard covers the page, the page ends above the keyboard. */
function fitAboveKeyboard(): void {
  const viewport = window.visualViewport;
  const fit = () => document.documentElement.style.setProperty("--app-height", `${viewport?.height ?? innerHeight}px`);
  viewport?.addEventListener("resize", () => (viewport.scale === 1 ? fit() : undefined));
}
