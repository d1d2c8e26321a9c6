// How texts show what is hidden in them. Where nothing is, nobody provides it.

import { createContext } from "preact";
import type { TextPart } from "../i18n/find-words";

interface HiddenParts {
  find: (text: string) => readonly TextPart[];
  /** What a part that is found is, in words. */
  label: string;
  /** Whether such a part stands for what is hidden: then the words are read out in its place. */
  isMask: boolean;
}

export const HiddenPartsContext = createContext<HiddenParts | null>(null);
