// A button's action runs one at a time, and a failure is shown in words.

import { useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import { toast } from "../../ui/toast";

/** While busy, set `aria-disabled` on the button. `disabled` would take the focus from the person who pressed it. */
export function useAction(): [busy: boolean, start: (run: () => Promise<unknown>) => void] {
  const [busy, setBusy] = useState(false);
  const start = (run: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    run()
      .catch((error: unknown) => toast(errorMessage(error)))
      .finally(() => setBusy(false));
  };
  return [busy, start];
}
