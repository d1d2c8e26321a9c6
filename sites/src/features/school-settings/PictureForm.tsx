// A school chooses its picture from a file, and sees it as the server stores it.

import { useRef, useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import { useAction } from "../app/use-action";
import { ErrorText } from "../../ui/ErrorText";
import { Avatar } from "../../ui/Avatar";
import { toast } from "../../ui/toast";
import type { SchoolCard } from "../../api/types";
import { refetch, refresh } from "../../sync/sync";
import { pictureUrl } from "../../sync/picture-url";
import { session } from "../../sync/store";
import { pageMessages } from "../../i18n/page-messages";
import { resizePicture } from "./resize-picture";

const { profile: texts, settings } = pageMessages;

export function PictureForm({ card }: { card: SchoolCard }) {
  const fileInput = useRef<HTMLInputElement>(null);
  const [error, setError] = useState<{ text: string; occasion: number }>();
  const [busy, run] = useAction();
  const fail = (text: string) => setError({ text, occasion: performance.now() });
  const save = async (image: string) => {
    setError(undefined);
    try {
      await session.call("setPicture", { image });
      await refresh(refetch("me"));
      toast(settings.saved);
    } catch (error) {
      fail(errorMessage(error));
    }
  };
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    const image = await resizePicture(chosen);
    if (fileInput.current) fileInput.current.value = ""; // so that the same file can be chosen again
    if (image === null) fail(texts.unreadable);
    else await save(image);
  };
  return (
    <section class="page-section picture">
      <h2>{texts.picture}</h2>
      <div class="picture-row">
        <Avatar name={card.name} pictureUrl={pictureUrl(card.picture)} />
        <p class="muted">{texts.pictureText}</p>
      </div>
      <div class="picture-actions">
        <label class="button">
          {card.picture ? texts.chooseAnother : texts.choose}
          <input
            ref={fileInput}
            type="file"
            class="visually-hidden"
            accept="image/png,image/jpeg,image/webp"
            aria-disabled={busy}
            aria-invalid={error !== undefined}
            aria-describedby={error && "picture-error"}
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? [];
              run(() => choose(chosen));
            }}
          />
        </label>
        {card.picture && (
          <button type="button" class="button quiet" aria-disabled={busy} onClick={() => run(() => save(""))}>
            {texts.removePicture}
          </button>
        )}
      </div>
      {error && <ErrorText id="picture-error" text={error.text} occasion={error.occasion} />}
    </section>
  );
}
