// What else can be done with the words that are selected in a message, where a site offers something.

import { createContext } from "preact";

interface MessageAction {
  label: string;
  run: (selected: string) => void;
}

export const MessageActionContext = createContext<MessageAction | null>(null);
