// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, expect, test, vi } from "vitest";
import type { Me } from "../../api/types";
import { me, type Session, setSession } from "../../sync/store";
import { addAnnouncer } from "../../ui/announce";
import { AvailabilitySwitch } from "./AvailabilitySwitch";

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));
afterEach(cleanup);

test("who switches from elsewhere hears what is so now; who is on the switch hears it from there", async () => {
  let available = true;
  const call = async (name: string, body?: { available: boolean }) => {
    if (name === "setAvailability" && body) available = body.available;
    return { available };
  };
  setSession({ call, socket: { reconnect: () => undefined } } as unknown as Session);
  me.value = { available: true } as Me;
  render(<AvailabilitySwitch />);
  addAnnouncer(document.body);
  const heard = () => [...document.querySelectorAll(".announcer p")].map((line) => line.textContent);
  const own = screen.getByRole("switch", { name: "Available" });
  fireEvent.click(own);
  await vi.waitFor(() => expect(heard()).toEqual(["You are not available"]));
  await vi.waitFor(() => expect(own.getAttribute("aria-disabled")).toBe("false"));
  own.focus();
  await act(() => void fireEvent.click(own));
  await vi.waitFor(() => expect(own.getAttribute("aria-checked")).toBe("true"));
  expect(heard()).toEqual(["You are not available"]);
});
