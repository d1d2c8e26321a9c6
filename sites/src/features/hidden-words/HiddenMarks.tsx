// A school sees which words of a thread its workers do not read.

import type { ComponentChildren } from "preact";
import { useMemo } from "preact/hooks";
import type { SchoolRow } from "../../api/protocol";
import { findHidden } from "../../i18n/hidden-words";
import { pageMessages } from "../../i18n/page-messages";
import { useHiddenWords } from "../../sync/hidden-words";
import { HiddenPartsContext } from "../../ui/hidden-parts";

const { hiddenWords: texts } = pageMessages;

export function HiddenMarks({ row, children }: { row: SchoolRow; children: ComponentChildren }) {
  const words = useHiddenWords(row);
  const marks = useMemo(
    () => (words.length ? { find: (text: string) => findHidden(text, words), label: texts.mark, isMask: false } : null),
    [words],
  );
  return <HiddenPartsContext.Provider value={marks}>{children}</HiddenPartsContext.Provider>;
}
