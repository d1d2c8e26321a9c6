// The direction of imports: ui <- features <- apps, and everything else below the features.

/** What lies in `from` imports nothing in `to`. */
const forbid = (name, from, to) => ({
  name,
  severity: "error",
  from: { path: from, pathNot: "\\.test\\.tsx?$" },
  to: { path: to },
});

module.exports = {
  forbidden: [
    {
      name: "no-circle",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    forbid("ui-knows-no-state", "^src/ui/", "^(apps|src/(features|sync|api|auth))/"),
    forbid("sync-and-api-draw-nothing", "^src/(sync|api|auth|browser|i18n)/", "^(apps|src/(features|ui))/"),
    forbid("features-know-no-site", "^src/features/", "^apps/"),
    forbid("browser-and-i18n-are-the-lowest", "^src/(browser|i18n)/", "^src/(sync|auth)/"),
    {
      name: "sites-know-no-other-site",
      severity: "error",
      from: { path: "^apps/([^/]+)/" },
      to: { path: "^apps/", pathNot: "^apps/$1/" },
    },
    {
      name: "only-tests-use-test-helpers",
      severity: "error",
      from: { path: "^(apps|src)/", pathNot: "\\.test\\.tsx?$" },
      to: { path: "^(testing|workshop)/" },
    },
    {
      name: "only-listed-packages",
      severity: "error",
      from: { path: "^(apps|src)/", pathNot: "\\.test\\.tsx?$" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true, pathNot: "\\?raw$|^vite" } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
      extensions: [".ts", ".tsx", ".js", ".svg", ".css"],
    },
  },
};
