// Tests wait long for what comes: on a busy machine, a second is nothing.

import { beforeAll } from "vitest";

beforeAll(async () => {
  if (typeof document === "undefined") return;
  const { configure } = await import("@testing-library/preact");
  configure({ asyncUtilTimeout: 30_000 });
});
