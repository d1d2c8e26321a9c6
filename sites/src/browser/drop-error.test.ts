import { ESLint } from "eslint";
import { expect, test, vi } from "vitest";
import { dropError } from "./drop-error";

const eslint = new ESLint({ cwd: new URL("../..", import.meta.url).pathname });
const RULES = ["no-restricted-syntax", "@typescript-eslint/no-floating-promises"];

/** Whether ESLint refuses these lines for an error that nobody hears of. */
async function isRefused(lines: string): Promise<boolean> {
  const code = `declare const save: () => Promise<void>;\n${lines}\n`;
  const [result] = await eslint.lintText(code, { filePath: "src/browser/drop-error.ts" });
  return result?.messages.some(({ ruleId }) => RULES.includes(ruleId ?? "")) ?? false;
}

test.each([
  "save();",
  "void save().catch(() => undefined);",
  "void save().catch(() => {});",
  "void save().catch(() => void 0);",
  "void save().catch(function () {});",
  "void save().catch((_error: unknown) => undefined);",
  "void save().catch(() => null);",
  "save().catch(() => false);",
  "void save().then(() => 1, () => undefined);",
  "void save().then(undefined, () => {});",
  "export const kept = await save().catch(() => undefined);",
  "try { await save(); } catch {}",
  "try { await save(); } catch { /* it does not matter */ }",
  "try { await save(); } catch (_error) { }",
])("ESLint refuses an error that nobody hears of: %s", { timeout: 60_000 }, async (lines) => {
  expect(await isRefused(lines)).toBe(true);
});

test.each([
  "void save();", // without a handler: `showUnexpectedErrors` shows it
  "void save().catch((error: unknown) => console.error(error));",
  "export const found = await save().catch(() => null);",
  "export const isSaved = await save().then(() => true, () => false);",
])("ESLint accepts an error that is shown or that becomes an answer: %s", { timeout: 60_000 }, async (lines) => {
  expect(await isRefused(lines)).toBe(false);
});

test("a dropped error and the reason are shown to a developer", () => {
  const debug = vi.spyOn(console, "debug").mockImplementation(() => undefined);
  const error = new Error("network");
  dropError("it is loaded again")(error);
  expect(debug).toHaveBeenCalledExactlyOnceWith("it is loaded again", error);
});
