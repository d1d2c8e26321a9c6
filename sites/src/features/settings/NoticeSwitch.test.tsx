// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { config } from "../../../testing/test-page";
import { UnreachableError } from "../../api/config";
import { type Session, setSession } from "../../sync/store";
import { NoticeSwitch } from "./NoticeSwitch";

const call = vi.fn();
let isOn: boolean;

beforeEach(() => {
  isOn = true;
  call.mockReset();
  call.mockImplementation((name: string, body?: { by_email: boolean }) => {
    if (name === "setNotices" && body) isOn = body.by_email;
    return Promise.resolve({ by_email: isOn });
  });
  setSession({ config: { ...config, notices: true }, call } as unknown as Session);
});

afterEach(cleanup);

const draw = () => act(() => void render(<NoticeSwitch kind="user" />));
const isShown = (checked: boolean) => screen.findByRole("switch", { name: "E-mail me about new messages", checked });
const press = async (checked: boolean) => {
  const found = await isShown(checked);
  await act(() => void fireEvent.click(found));
};

test("the switch shows what is set, and sets it", async () => {
  await draw();
  await press(true);
  await isShown(false);
  expect(call).toHaveBeenLastCalledWith("setNotices", { by_email: false });
  cleanup();
  await draw();
  await isShown(false);
});

test("a setting that could not be changed stays as it is", async () => {
  await draw();
  await isShown(true);
  call.mockRejectedValueOnce(new UnreachableError("gone"));
  await press(true);
  await isShown(true);
  expect(isOn).toBe(true);
});

test("a setting that could not be loaded is loaded again by a button", async () => {
  call.mockRejectedValueOnce(new UnreachableError("gone"));
  await draw();
  const again = await screen.findByRole("button", { name: "Try again" });
  expect(screen.queryByRole("switch")).toBeNull();
  await act(() => void fireEvent.click(again));
  await isShown(true);
});

test("where no e-mail is sent, no switch is shown and nothing is asked", async () => {
  setSession({ config: { ...config, notices: false }, call } as unknown as Session);
  await draw();
  expect(screen.queryByRole("switch")).toBeNull();
  expect(document.body.textContent).toBe("");
  expect(call).not.toHaveBeenCalled();
});
