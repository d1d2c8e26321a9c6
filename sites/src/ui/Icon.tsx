// An icon has no name of its own. It stands beside a word, or inside a control that has a name.

import type { IconNode } from "lucide";
import { h } from "preact";

export function Icon({ of, size = 20 }: { of: IconNode; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {of.map(([tag, attributes]) => h(tag, attributes as object))}
    </svg>
  );
}
