// A school chooses which words of a thread its workers may not read: what is found of the owner, and others.

import { useEffect, useState } from "preact/hooks";
import type { SchoolRow } from "../../api/protocol";
import { errorMessage } from "../../api/client";
import { cleanLine } from "../../i18n/clean-text";
import { isHidden } from "../../i18n/hidden-words";
import { pageMessages } from "../../i18n/page-messages";
import { textError } from "../../i18n/text-error";
import { TEXT_FIELDS } from "../../i18n/text-fields";
import { hiddenWordsOf, keepHiddenWords, useHiddenWords } from "../../sync/hidden-words";
import { session } from "../../sync/store";
import { Dialog } from "../../ui/Dialog";
import { Form } from "../../ui/Form";
import { LoadFailure } from "../../ui/LoadFailure";
import { TextField } from "../../ui/TextField";
import { toast } from "../../ui/toast";
import { toggled } from "../../ui/toggled";
import { ownerOf } from "../inbox/names";
import { type Candidate, candidates, readTexts } from "./find-personal-data";

const { hiddenWords: texts } = pageMessages;

interface DialogProps {
  row: SchoolRow;
  /** What was selected in a message. */
  selected: string;
  close: () => void;
}

export function HideWordsDialog({ row, selected, close }: DialogProps) {
  const hidden = useHiddenWords(row);
  const [found, setFound] = useState<readonly Candidate[] | null>(null);
  const [error, setError] = useState("");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [other, setOther] = useState(selected.replace(/\s+/g, " "));
  const look = async () => {
    setError("");
    const owner = ownerOf(row);
    const offered = owner ? candidates(await readTexts(row), owner, hiddenWordsOf(row)) : [];
    setFound(offered);
    // Who has selected a word wants to hide that one.
    if (!selected) setChosen(new Set(offered.filter((each) => each.isFound).map(({ text }) => text)));
  };
  const load = () => void look().catch((reason: unknown) => setError(errorMessage(reason)));
  // eslint-disable-next-line react-hooks/exhaustive-deps -- what is offered does not change while a person chooses
  useEffect(load, []);
  const offered = found?.filter(({ text }) => !isHidden(text, hidden)) ?? [];
  const typed = other.split("\n").map(cleanLine).filter(Boolean);
  const words = [...offered.map(({ text }) => text).filter((text) => chosen.has(text)), ...typed];
  const validate = () =>
    typed.map((line) => textError("other", line, TEXT_FIELDS.hiddenWord)).find((it) => it.other) ?? {};
  const hide = async () => {
    if (words.length === 0) return { form: texts.choose };
    keepHiddenWords(row.id, await session.call("hideWords", { words }, row.id));
    close();
    toast(texts.done);
  };
  const toggle = (text: string) => setChosen((all) => toggled(all, text));
  return (
    <Dialog title={texts.dialog} closeLabel={texts.keep} onClose={close}>
      <p>{texts.text}</p>
      <Form validate={validate} submit={hide} describeError={errorMessage} submitLabel={texts.submit}>
        {error ? (
          <LoadFailure text={error} retry={load} />
        ) : (
          <fieldset class="bulk-rows" aria-busy={found === null}>
            <legend>{texts.found}</legend>
            {found === null && <p class="hint">{texts.looking}</p>}
            {found !== null && offered.length === 0 && <p class="hint">{texts.foundNone}</p>}
            {offered.map(({ text }) => (
              <label key={text}>
                <input type="checkbox" checked={chosen.has(text)} onChange={() => toggle(text)} />
                <bdi>{text}</bdi>
              </label>
            ))}
          </fieldset>
        )}
        <TextField
          name="other"
          label={texts.other}
          hint={texts.otherHint}
          rows={2}
          value={other}
          autoDirection
          onInput={setOther}
        />
      </Form>
    </Dialog>
  );
}
