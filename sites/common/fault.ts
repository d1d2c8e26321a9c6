// Imported before anything else: an error that leaves the page empty is said in words by this module, which needs nothing.

const TEXT = "uconnect could not start in this browser. Reload this page. If it stays like this, clear what this site keeps in your browser, or use another browser.";

/** Says what happened in place of the empty page; a page that shows something is left as it is. */
function say(error: unknown): void {
  const root = document.getElementById("root");
  if (!root || (root.firstElementChild && !root.querySelector(".not-started"))) return;
  const lines = [TEXT, String(error)].map((line) => Object.assign(document.createElement("p"), { textContent: line }));
  const main = Object.assign(document.createElement("main"), { className: "door" });
  main.append(...lines);
  root.replaceChildren(main);
}

addEventListener("error", ({ error, message }) => say(error ?? message));
addEventListener("unhandledrejection", ({ reason }) => say(reason));

export {};
