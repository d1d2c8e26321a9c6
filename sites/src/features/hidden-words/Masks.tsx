// A worker sees a mask in place of what the school hides. It is read out as words.

import type { ComponentChildren } from "preact";
import { findMasks } from "../../i18n/hidden-words";
import { pageMessages } from "../../i18n/page-messages";
import { HiddenPartsContext } from "../../ui/hidden-parts";

const MASKS = { find: findMasks, label: pageMessages.hiddenWords.mask, isMask: true };

export const Masks = ({ children }: { children: ComponentChildren }) => (
  <HiddenPartsContext.Provider value={MASKS}>{children}</HiddenPartsContext.Provider>
);
