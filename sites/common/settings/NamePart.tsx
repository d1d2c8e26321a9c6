// A person says what they are called; it changes everywhere when the server says so.

import { useState } from "preact/hooks";
import { say } from "../api";
import { cleanLine } from "../drafts/text";
import { useAct } from "../parts/bits";
import { Field } from "../parts/Field";
import { toast } from "../parts/Toasts";
import { renew } from "../resume";
import { session } from "../session";
import { more } from "../words-more";

const { settings } = more;

export function NamePart({ name }: { name: string }) {
  const [typed, setText] = useState<string | null>(null);
  const text = typed ?? name;
  const [wrong, setWrong] = useState<string>();
  const [busy, act] = useAct();
  const trimmed = cleanLine(text);
  const save = async () => {
    if (!trimmed) return setWrong(settings.nameMissing);
    try {
      await session.call("rename", { name: trimmed });
      setWrong(undefined);
      await renew("me");
      setText((now) => (now === typed ? null : now)); // what was typed meanwhile is not saved yet
      toast(settings.saved);
    } catch (error) {
      setWrong(say(error));
    }
  };
  return (
    <form
      class="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        act(save);
      }}
    >
      <Field name="name" label={settings.name} wrong={wrong}>
        {(named) => (
          <input {...named} value={text} maxLength={80} autocomplete="name" onInput={(event) => setText(event.currentTarget.value)} />
        )}
      </Field>
      {trimmed !== name && (
        <button type="submit" class="button primary" aria-disabled={busy}>
          {settings.save}
        </button>
      )}
    </form>
  );
}
