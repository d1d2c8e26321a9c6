// Every ui component in every state that it can have. A component without an entry fails the test beside this file.

import { Bell, MessagesSquare, Search } from "lucide";
import type { ComponentChild } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { AuthLayout } from "../src/ui/AuthLayout";
import { Avatar } from "../src/ui/Avatar";
import { Badge } from "../src/ui/Badge";
import { BarChart, type BarChartProps, type Series, wholeTicks } from "../src/ui/BarChart";
import { Combobox, ListOption } from "../src/ui/Combobox";
import { confirm } from "../src/ui/ConfirmDialog";
import { Overlay } from "../src/ui/Overlay";
import { Dialog } from "../src/ui/Dialog";
import { EmptyState } from "../src/ui/EmptyState";
import { type FieldErrors, Form } from "../src/ui/Form";
import { HighlightedText } from "../src/ui/HighlightedText";
import { Icon } from "../src/ui/Icon";
import { LoadFailure } from "../src/ui/LoadFailure";
import logo from "../src/ui/logo.svg";
import { Logo } from "../src/ui/Logo";
import { MenuButton } from "../src/ui/MenuButton";
import { Meter } from "../src/ui/Meter";
import { ErrorText } from "../src/ui/ErrorText";
import { Key } from "../src/ui/Key";
import { LinkedText } from "../src/ui/LinkedText";
import { MarkedText } from "../src/ui/MarkedText";
import { Notice } from "../src/ui/Notice";
import { RadioGroup } from "../src/ui/RadioGroup";
import { Skeleton } from "../src/ui/Skeleton";
import { SplitView } from "../src/ui/SplitView";
import { Switch } from "../src/ui/Switch";
import { Time, TimeButton } from "../src/ui/Time";
import { TextField } from "../src/ui/TextField";
import { toast } from "../src/ui/toast";
import { Toasts } from "../src/ui/Toasts";

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

const NAME_MISSING: FieldErrors = { name: "Enter your name." };
const NOT_SENT: FieldErrors = { form: "uconnect could not be reached." };

const WEEKS = Array.from({ length: 26 }, (_, i) => `Week ${i + 1}`);
const ASKED: Series = { name: "Asked", values: WEEKS.map((_, i) => (i * 7) % 23) };
const ENDED: Series = { name: "Ended", values: WEEKS.map((_, i) => (i % 5 ? (i * 5) % 19 : null)) };

function Chart({ bands = WEEKS, ...chart }: Pick<BarChartProps, "series"> & Partial<Pick<BarChartProps, "bands">>) {
  return (
    <BarChart
      {...chart}
      bands={bands}
      title="Questions asked and ended, by week"
      bandsLabel="Week"
      labelEvery={Math.ceil(bands.length / 5)}
      heightLabel="Questions"
      ticks={wholeTicks(23)}
      format={String}
      tableLabel="Numbers as a table"
    />
  );
}

/** The states of each component, by its name and theirs. */
export const entries: Readonly<Record<string, Readonly<Record<string, () => ComponentChild>>>> = {
  AuthLayout: {
    "with a site": () => (
      <AuthLayout site="School">
        <p class="lead">Answer the questions sent to your school, or give them to your workers.</p>
        <div class="auth-actions">
          <button type="button" class="button primary wide">
            Sign in
          </button>
          <a class="button wide" href="#sign-up">
            Create an account
          </a>
        </div>
      </AuthLayout>
    ),
    "without a site": () => <AuthLayout site="">Signing out.</AuthLayout>,
  },
  Avatar: {
    "two words": () => <Avatar name="School of Law" />,
    "one word": () => <Avatar name="Library" />,
    "small letters": () => <Avatar name="uma petrov" />,
    "another script": () => <Avatar name="Мария Иванова" />,
    "no letters": () => <Avatar name="42" />,
    "a picture": () => <Avatar name="School of Law" pictureUrl={logo} />,
  },
  Badge: {
    one: () => <Badge count={1} text="1 new message" />,
    many: () => <Badge count={120} text="120 new messages" />,
    dot: () => <Badge count={0} text="Marked unread" />,
    quiet: () => <Badge count={3} text="3 notes" isQuiet />,
  },
  Combobox: {
    "nothing found": () => <ChooseFrom words={[]} />,
    "some to choose from": () => <ChooseFrom words={["Library", "School of Law", LONG]} />,
  },
  ConfirmDialog: {
    question: () => (
      <AskButton
        label="End thread"
        question={{
          text: "No one can add messages after that.",
          confirmLabel: "End thread",
          cancelLabel: "Keep it open",
        }}
      />
    ),
    danger: () => (
      <AskButton
        label="Delete"
        question={{ text: "This cannot be undone.", confirmLabel: "Delete", cancelLabel: "Keep it", danger: true }}
      />
    ),
    "cancelling is the safe answer": () => (
      <AskButton
        label="Send"
        question={{
          text: "Your message contains your name.",
          confirmLabel: "Send it anyway",
          cancelLabel: "Change it",
          preferred: "cancel",
        }}
      />
    ),
  },
  Dialog: {
    "with a close button": () => <OpenDialog closeLabel="Close" />,
    "without a close button": () => <OpenDialog />,
  },
  EmptyState: {
    text: () => (
      <EmptyState title="No questions yet" text="When you ask a school a question, its thread appears here." />
    ),
    "with an action": () => (
      <EmptyState title="No questions yet" text="When you ask a school a question, its thread appears here.">
        <button type="button" class="button primary">
          Find a school
        </button>
      </EmptyState>
    ),
  },
  ErrorText: {
    default: () => <ErrorText text="This picture cannot be read." />,
  },
  Form: {
    valid: () => <NameForm />,
    "a field is wrong": () => <NameForm errors={NAME_MISSING} />,
    "the form is wrong": () => <NameForm errors={NOT_SENT} />,
    submitting: () => <NameForm hangs />,
    hidden: () => (
      <Form hidden submit={done} describeError={String}>
        Not shown
      </Form>
    ),
  },
  HighlightedText: {
    "words of a search": () => <HighlightedText text="The exam is on Monday: exams take two hours." words={["exam"]} />,
    "no words": () => <HighlightedText text="The exam is on Monday." words={[]} />,
  },
  Icon: {
    default: () => <Icon of={MessagesSquare} />,
    small: () => <Icon of={Search} size={14} />,
    large: () => <Icon of={Bell} size={40} />,
  },
  LinkedText: {
    default: () => <LinkedText text="See https://uni.example/exam and write to exams@uni.edu." />,
    "another alphabet": () => <LinkedText text="https://münchen.example/" />,
  },
  Key: {
    "one key": () => <Key of="R" />,
    "two keys at once": () => <Key of="Ctrl K" />,
  },
  LoadFailure: {
    default: () => <LoadFailure text="The messages could not be loaded." retry={() => undefined} />,
  },
  BarChart: {
    "two series": () => <Chart series={[ASKED, ENDED]} />,
    "one series": () => <Chart series={[ASKED]} />,
    nothing: () => <Chart series={[{ ...ASKED, values: ASKED.values.map(() => 0) }]} />,
    "long names": () => <Chart series={[ASKED, ENDED]} bands={Array.from({ length: 7 }, (_, i) => `${LONG} ${i}`)} />,
  },
  Logo: { default: () => <Logo />, large: () => <Logo size={40} /> },
  MarkedText: {
    plain: () => <MarkedText text="See https://uni.example/exam." />,
    "all marks": () => (
      <MarkedText
        text={
          "> When are you open?\n\n**From nine**, _not_ on Friday. Bring:\n- your card\n- a photo\n\n1. Ring\n2. Wait\n```\nssh uni.example\n```\nThen type `exit`."
        }
      />
    ),
  },
  MenuButton: {
    closed: () => (
      <MenuButton label="Snooze" shortcut="e" busy={false}>
        {() => <div class="menu">Closed until it is pressed</div>}
      </MenuButton>
    ),
    busy: () => (
      <MenuButton label="With Wendy" class="is-snoozed" shortcut={undefined} busy>
        {(close) => (
          <div class="menu">
            <button type="button" class="menu-item menu-choice" onClick={close}>
              <span class="menu-name">{LONG}</span>
              <span class="menu-note">Mon 8:00</span>
            </button>
          </div>
        )}
      </MenuButton>
    ),
  },
  Meter: {
    none: () => <Meter used={0} most={5} text="0 of 5 open" />,
    some: () => <Meter used={3} most={5} text="3 of 5 open" />,
    all: () => <Meter used={5} most={5} text="5 of 5 open" />,
  },
  Notice: {
    default: () => <Notice text="The clock on this device is 5 minutes fast." onClose={() => undefined} />,
    long: () => <Notice text={`${LONG} ${LONG}`} onClose={() => undefined} />,
  },
  Overlay: {
    "no question": () => <Overlay />,
  },
  RadioGroup: {
    "in a row": () => <Choice />,
    "with hints": () => <Choice hint="Your school answers them." />,
  },
  Skeleton: {
    default: () => <Skeleton label="Loading threads" />,
    "one line": () => <Skeleton label="Loading notes" lines={1} />,
  },
  SplitView: {
    "list alone": () => <Split isDetailOpen={false} />,
    "detail open": () => <Split isDetailOpen />,
    "three columns": () => <Split isDetailOpen aside={<aside class="details-panel">About this thread</aside>} />,
  },
  Switch: {
    off: () => <Switch label="Available" checked={false} onToggle={() => undefined} />,
    on: () => <Switch label="Available" checked onToggle={() => undefined} />,
    busy: () => <Switch label="Available" checked busy onToggle={() => undefined} />,
  },
  TextField: {
    empty: () => <TextField name="empty" label="Name" value="" onInput={() => undefined} />,
    "with a hint": () => (
      <TextField name="hint" label="About" hint="One line." value="Exam" onInput={() => undefined} />
    ),
    "with a status": () => (
      <TextField name="left" label="Text" status="12 left" value="Hello" onInput={() => undefined} />
    ),
    lines: () => <TextField name="lines" label="Text" rows={3} value={LONG} autoDirection onInput={() => undefined} />,
    suggestions: () => (
      <TextField name="zone" label="Zone" value="" suggestions={["Europe/Berlin", "UTC"]} onInput={() => undefined} />
    ),
    "from right to left": () => (
      <TextField name="rtl" label="Name" value="شكرا" autoDirection onInput={() => undefined} />
    ),
  },
  Time: {
    "in a row": () => <Time at={0} text="14:02" full="3 March 2026 at 14:02" />,
    "of a message": () => <TimeButton at={0} text="14:02" full="3 March 2026 at 14:02" isReached />,
  },
  Toasts: {
    text: () => <ShowToast label="Save" />,
    "with an action": () => <ShowToast label="Give to a worker" action={{ label: "Undo", run: () => undefined }} />,
    none: () => <Toasts />,
  },
};

const done = async (): Promise<void> => undefined;

function AskButton({ label, question }: { label: string; question: Omit<Parameters<typeof confirm>[0], "title"> }) {
  return (
    <button type="button" class="button" onClick={() => void confirm({ title: `${label}?`, ...question })}>
      {label}
    </button>
  );
}

function ChooseFrom({ words }: { words: readonly string[] }) {
  const [text, setText] = useState("");
  const [active, setActive] = useState(0);
  const list = `words-${words.length}`;
  const choose = (place: number) => setText(words[place] ?? "");
  return (
    <>
      <Combobox {...{ list, text, active, setText, setActive, choose }} label="Find a school" count={words.length} />
      <div role="listbox" id={list} aria-label="Schools">
        {words.map((word, place) => (
          <ListOption
            key={word}
            class="palette-option"
            isActive={place === active}
            choose={() => choose(place)}
            {...{ list, place }}
          >
            {word}
          </ListOption>
        ))}
      </div>
    </>
  );
}

function OpenDialog({ closeLabel }: { closeLabel?: string }) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <button type="button" class="button" onClick={() => setIsOpen(true)}>
        Open
      </button>
      {isOpen && (
        <Dialog title="About this thread" onClose={() => setIsOpen(false)} {...(closeLabel && { closeLabel })}>
          <p>Raised on Monday.</p>
        </Dialog>
      )}
    </>
  );
}

function NameForm({ errors, hangs = false }: { errors?: FieldErrors; hangs?: boolean }) {
  const [name, setName] = useState("Uma Petrov");
  const frame = useRef<HTMLDivElement>(null);
  const submit = () => (hangs ? new Promise<void>(() => undefined) : Promise.resolve(errors));
  useEffect(() => {
    if (errors || hangs) frame.current?.querySelector("form")?.requestSubmit(); // these states follow a submit
  }, [errors, hangs]);
  return (
    <div ref={frame}>
      <Form submit={submit} describeError={String} submitLabel="Save" busyLabel="Saving…">
        <TextField name="name" label="Name" value={name} onInput={setName} />
      </Form>
    </div>
  );
}

function Choice({ hint }: { hint?: string }) {
  const [value, setValue] = useState<"light" | "dark">("light");
  const options = (["light", "dark"] as const).map((value) => ({ value, label: value, ...(hint && { hint }) }));
  const name = hint ? "with-hints" : "in-a-row";
  return <RadioGroup name={name} legend="Appearance" options={options} value={value} onChange={setValue} />;
}

function Split({ isDetailOpen, aside }: { isDetailOpen: boolean; aside?: ComponentChild }) {
  return (
    <SplitView
      title="Threads"
      isDetailOpen={isDetailOpen}
      headerExtra={<Meter used={3} most={5} text="3 of 5 open" />}
      list={<EmptyState title="The list" text="Threads are here." />}
      detailLabel="Thread"
      detail={<EmptyState title="The thread" text="Messages are here." />}
      aside={aside}
    />
  );
}

function ShowToast({ label, action }: { label: string; action?: { label: string; run: () => void } }) {
  return (
    <button type="button" class="button" onClick={() => toast(`${label}: done`, { ...(action && { action }) })}>
      {label}
    </button>
  );
}
