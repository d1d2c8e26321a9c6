import { expect, test } from "vitest";
import signIn from "../../../backend/uconnect/oidc_provider/templates/icon.svg?raw";
import icon from "./logo.svg?raw";

test("the sites and the sign-in pages have the same logo", () => {
  expect(icon).toContain("<svg");
  expect(signIn).toBe(icon);
});
