// Opens the choice of words to hide, from each place that offers it.

import type { SchoolRow } from "../../api/protocol";
import { pageMessages } from "../../i18n/page-messages";
import { overlay } from "../../ui/Overlay";
import { lazyPage } from "../app/lazy-page";

const HideWordsDialog = lazyPage(
  () => import("./HideWordsDialog").then((part) => part.HideWordsDialog),
  () => false,
);

export function openHideWords(row: SchoolRow, selected = ""): void {
  overlay.value = <HideWordsDialog row={row} selected={selected} close={() => (overlay.value = null)} />;
}

export function HideWordsButton({ row, class: className = "button" }: { row: SchoolRow; class?: string }) {
  return (
    <button type="button" class={className} onClick={() => openHideWords(row)}>
      {pageMessages.hiddenWords.hide}
    </button>
  );
}
