// A school's picture is chosen from a file and shown as the server keeps it.

import { useRef, useState } from "preact/hooks";
import { say } from "../common/api";
import { useAct } from "../common/parts/bits";
import { Monogram } from "../common/parts/Icon";
import { toast } from "../common/parts/Toasts";
import type { SchoolCard } from "../common/protocol";
import { renew } from "../common/resume";
import { session } from "../common/session";
import { more } from "../common/words-more";
import { scaled } from "./picture";

const { face, settings } = more;

export function PicturePart({ card }: { card: SchoolCard }) {
  const file = useRef<HTMLInputElement>(null);
  const [wrong, setWrong] = useState("");
  const [busy, act] = useAct();
  const put = async (image: string) => {
    try {
      await session.call("setPicture", { image });
      await renew("me");
      setWrong("");
      toast(settings.saved);
    } catch (error) {
      setWrong(say(error));
    }
  };
  const choose = async (chosen: File | undefined) => {
    if (!chosen) return;
    const image = await scaled(chosen);
    if (file.current) file.current.value = ""; // so that the same file can be chosen again
    if (image === null) setWrong(face.unreadable);
    else await put(image);
  };
  return (
    <section class="part picture">
      <h2>{face.picture}</h2>
      <div class="picture-row">
        <Monogram name={card.name} picture={card.picture} />
        <p class="muted">{face.pictureText}</p>
      </div>
      <div class="picture-actions">
        <label class="button">
          {card.picture ? face.another : face.choose}
          <input
            ref={file}
            type="file"
            class="sr"
            accept="image/png,image/jpeg,image/webp"
            aria-disabled={busy}
            onChange={(event) => {
              const [chosen] = event.currentTarget.files ?? [];
              act(() => choose(chosen));
            }}
          />
        </label>
        {card.picture && (
          <button type="button" class="button quiet" aria-disabled={busy} onClick={() => act(() => put(""))}>
            {face.noPicture}
          </button>
        )}
      </div>
      {wrong && (
        <p class="wrong" role="alert">
          {wrong}
        </p>
      )}
    </section>
  );
}
