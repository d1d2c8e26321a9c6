// The first import of each site: it shows an error that would leave the page empty. It needs no other module.

const TEXT =
  "uconnect could not start in this browser. Reload this page. If that does not help, clear the data of this site in your browser, or use another browser.";

/** Shows the error in place of the empty page. A page that shows something is not changed. */
function showError(error: unknown): void {
  const root = document.getElementById("root");
  if (!root || (root.firstElementChild && !root.querySelector(".not-started"))) return;
  const lines = [TEXT, String(error)].map((line) => Object.assign(document.createElement("p"), { textContent: line }));
  const main = Object.assign(document.createElement("main"), { className: "auth-layout" });
  main.append(...lines);
  root.replaceChildren(main);
}

addEventListener("error", ({ error, message }) => showError(error ?? message));
addEventListener("unhandledrejection", ({ reason }) => showError(reason));

export {};
