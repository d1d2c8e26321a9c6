// What is judged beyond types. Preact uses HTML's own attribute names, which jsx-a11y must be told.

import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const NOTHING =
  ":matches(Identifier[name='undefined'], UnaryExpression[operator='void'], BlockStatement[body.length=0])";
const FUNCTION = ":matches(ArrowFunctionExpression, FunctionExpression)";
const UNUSED = ":matches(ExpressionStatement, UnaryExpression[operator='void'])";
const HANDLER = "CallExpression[callee.property.name='catch']";
const SECOND_HANDLER = `CallExpression[callee.property.name='then'] > ${FUNCTION}:nth-child(2)`;

/** Errors that nobody hears of. What is rejected without a handler is shown: see `showUnexpectedErrors`. */
const SWALLOWED_ERRORS = [
  "CatchClause > BlockStatement[body.length=0]",
  `${HANDLER} > ${FUNCTION} > ${NOTHING}`,
  `${SECOND_HANDLER} > ${NOTHING}`,
  `${UNUSED} > ${HANDLER} > ${FUNCTION} > Literal`,
  `${UNUSED} > ${SECOND_HANDLER} > Literal`,
].map((selector) => ({ selector, message: "Say what happened, or use dropError and say why nobody has to be told." }));

export default defineConfig(
  globalIgnores(["dist", "**/*.config.*", "**/.*.cjs", "src/api/protocol.ts", "src/api/http.ts"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "no-restricted-syntax": ["error", ...SWALLOWED_ERRORS],
      "@typescript-eslint/require-await": "off", // `async` also gives a function the type that its caller expects
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.tsx"],
    extends: [jsxA11y.flatConfigs.recommended],
    plugins: { "react-hooks": reactHooks },
    settings: { "jsx-a11y": { attributes: { for: ["for"] } } },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "react-hooks/exhaustive-deps": "error",
      "jsx-a11y/no-noninteractive-tabindex": ["error", { tags: [], roles: ["tabpanel", "log"] }], // a log scrolls
    },
  },
);
