// @vitest-environment happy-dom

import { cleanup, fireEvent, render, screen } from "@testing-library/preact";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Me, SchoolCard } from "../../api/types";
import { me, type Session, setSession } from "../../sync/store";
import { NameForm } from "../settings/NameForm";
import { ProfileForm } from "./ProfileForm";

/** What the server has. Other pages change it. */
let card: SchoolCard;
let sent: [string, unknown][];

const party = (): Me => ({ name: card.name, card }) as unknown as Me;

beforeEach(() => {
  card = { id: "s", name: "Law", about: "Courts.", hours: [], zone: "Europe/Berlin", picture: "", takes: true };
  sent = [];
  me.value = party();
  const call = async (name: string, body: object) => {
    if (name === "me") return party();
    sent.push([name, body]);
    card = { ...card, ...body };
    return {};
  };
  setSession({ call, socket: { reconnect: vi.fn() } } as unknown as Session);
});
afterEach(cleanup);

vi.mock("../../sync/account-module", () => ({ bindAccount: async () => undefined }));

function Profile() {
  const { card } = me.value as { card: SchoolCard };
  return <ProfileForm card={card} />;
}

const Name = () => <NameForm name={me.value?.name ?? ""} />;

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const value = (label: string) => screen.getByLabelText<HTMLInputElement>(label).value;
const save = () => fireEvent.click(screen.getByRole("button", { name: "Save" }));
const saved = (times = 1) => vi.waitFor(() => expect(sent).toHaveLength(times));
const conflict = (text: RegExp) => screen.findByText(text);

/** Another page, or a colleague, saves. This page hears of it only if it is `told`. */
function saveElsewhere(change: Partial<SchoolCard>, { told = true } = {}): void {
  card = { ...card, ...change };
  if (told) me.value = party();
}

describe("a profile that two pages change", () => {
  test("is sent by the fields that were changed here", async () => {
    render(<Profile />);
    type("What it is for", "Courts and contracts.");
    saveElsewhere({ name: "School of Law" }, { told: false });
    save();
    await saved();
    expect(sent).toEqual([["setFace", { about: "Courts and contracts." }]]);
    await vi.waitFor(() => expect(value("Name of the school")).toBe("School of Law"));
  });

  test.each([true, false])("in one field says so before anything is saved (the page was told: %s)", async (told) => {
    render(<Profile />);
    type("What it is for", "Mine.");
    saveElsewhere({ about: "Theirs." }, { told });
    if (!told) save();
    await conflict(/was changed elsewhere.*Theirs\./);
    expect(sent).toEqual([]);
    save();
    await saved();
    expect(sent).toEqual([["setFace", { about: "Mine." }]]);
  });

  test("in one field can be left as the other page saved it", async () => {
    render(<Profile />);
    type("What it is for", "Mine.");
    saveElsewhere({ about: "Theirs." });
    fireEvent.click(await screen.findByRole("button", { name: "Keep the saved one" }));
    await vi.waitFor(() => expect(value("What it is for")).toBe("Theirs."));
    expect(screen.queryByText(/was changed elsewhere/)).toBeNull();
  });

  test("in the hours of two days keeps both, also if this page has not heard of the other one", async () => {
    render(<Profile />);
    fireEvent.click(screen.getByRole("button", { name: "Add hours on Monday" }));
    saveElsewhere({ hours: [{ day: 2, opens: 600, closes: 660 }] }, { told: false });
    save();
    await saved();
    const hours = [
      { day: 1, opens: 540, closes: 960 },
      { day: 2, opens: 600, closes: 660 },
    ];
    expect(sent).toEqual([["setFace", { zone: "Europe/Berlin", hours }]]);
  });

  test("in the hours of the same day says so", async () => {
    render(<Profile />);
    fireEvent.click(screen.getByRole("button", { name: "Add hours on Monday" }));
    saveElsewhere({ hours: [{ day: 1, opens: 600, closes: 660 }] });
    await conflict(/“Monday” was changed elsewhere.*10:00–11:00/);
  });

  test("to the same text has no conflict", async () => {
    render(<Profile />);
    type("What it is for", "The same.");
    saveElsewhere({ about: "The same." });
    save();
    await saved();
    expect(screen.queryByText(/was changed elsewhere/)).toBeNull();
  });

  test("keeps what is typed while it is being saved", async () => {
    render(<Profile />);
    type("What it is for", "First.");
    save();
    type("What it is for", "First. Second.");
    await saved();
    await vi.waitFor(() => expect(me.value?.card?.about).toBe("First."));
    expect(value("What it is for")).toBe("First. Second.");
  });
});

test("a name that another page has changed is not replaced without a word", async () => {
  render(<Name />);
  type("Name", "Mine");
  saveElsewhere({ name: "Theirs" }, { told: false });
  save();
  await conflict(/was changed elsewhere.*Theirs/);
  expect(sent).toEqual([]);
  save();
  await saved();
  expect(sent).toEqual([["rename", { name: "Mine" }]]);
});
