// `make workshop`: a page that shows every ui component in every state, in the theme, colours and direction one chooses.

import "../src/styles/all.css";
import "./workshop.css";
import { effect, signal } from "@preact/signals";
import { render } from "preact";
import { Overlay } from "../src/ui/Overlay";
import { Toasts } from "../src/ui/Toasts";
import { entries } from "./entries";

const theme = signal("auto");
const direction = signal("ltr");
const forcedColors = signal(false);

/** A page cannot turn forced colours on. Here the rules for them are made to apply, and the colours become the system's. */
const forcedColorRules = [...document.styleSheets]
  .flatMap((sheet) => [...sheet.cssRules])
  .filter((rule) => rule instanceof CSSMediaRule)
  .filter((rule) => rule.conditionText === "(forced-colors: active)");

effect(() => void (document.documentElement.dataset["theme"] = theme.value));
effect(() => void (document.documentElement.dir = direction.value));
effect(() => {
  document.documentElement.toggleAttribute("data-forced-colors", forcedColors.value);
  for (const rule of forcedColorRules) rule.media.mediaText = forcedColors.value ? "all" : "(forced-colors: active)";
});

function Workshop() {
  return (
    <>
      <header class="workshop-bar">
        {["auto", "light", "dark"].map((name) => (
          <label key={name}>
            <input type="radio" name="theme" checked={theme.value === name} onChange={() => (theme.value = name)} />{" "}
            {name}
          </label>
        ))}
        <label>
          <input
            type="checkbox"
            checked={forcedColors.value}
            onChange={() => (forcedColors.value = !forcedColors.value)}
          />{" "}
          forced colours
        </label>
        <label>
          <input
            type="checkbox"
            checked={direction.value === "rtl"}
            onChange={() => (direction.value = direction.value === "rtl" ? "ltr" : "rtl")}
          />{" "}
          right to left
        </label>
      </header>
      <div>
        {Object.entries(entries).map(([component, states]) => (
          <section key={component} class="workshop-entry">
            <h2>{component}</h2>
            {Object.entries(states).map(([state, draw]) => (
              <figure key={state}>
                <figcaption>{state}</figcaption>
                {draw()}
              </figure>
            ))}
          </section>
        ))}
      </div>
      <Toasts />
      <Overlay />
    </>
  );
}

render(<Workshop />, document.body);
