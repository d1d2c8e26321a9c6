import { expect, test } from "vitest";
import signIn from "../../backend/uconnect/identities/builtin/pages/icon.svg?raw";
import icon from "./icon.svg?raw";

test("the sites and the sign-in pages bear one mark", () => {
  expect(icon).toContain("<svg");
  expect(signIn).toBe(icon);
});
