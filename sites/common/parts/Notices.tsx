// What is odd about this browser or device is said once, in a line that a person can put away.

import { signal } from "@preact/signals";
import { X } from "lucide";
import { offset } from "../clock";
import { keeping } from "../storage";
import { words } from "../words";
import { Icon } from "./Icon";

const MINUTES = 2; // a clock that is off by less troubles nobody
const read = signal<readonly string[]>([]);

export function Notices() {
  const said = [storage(), clock()].filter((text): text is string => text !== null && !read.value.includes(text));
  return (
    <>
      {said.map((text) => (
        <p key={text} class="notice">
          <span>{text}</span>
          <button type="button" class="icon-button" aria-label={words.notices.close} onClick={() => (read.value = [...read.peek(), text])}>
            <Icon of={X} size={18} />
          </button>
        </p>
      ))}
    </>
  );
}

const storage = (): string | null => (keeping.value === "kept" ? null : words.notices[keeping.value]);

function clock(): string | null {
  const minutes = Math.round(-offset.value / 60_000);
  return Math.abs(minutes) < MINUTES ? null : words.notices.clock(minutes);
}
