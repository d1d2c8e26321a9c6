// Tests wait long for what comes: on a busy machine, a second is nothing.

if (typeof document !== "undefined") {
  const { configure } = await import("@testing-library/preact");
  configure({ asyncUtilTimeout: 30_000 });
}
