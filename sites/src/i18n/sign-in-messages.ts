// The table of texts of the pages while nobody is in.

import { language } from "./messages";

const en = {
  user: "Ask a school of your university a question, and read its answers in one thread.",
  school: "Answer the questions sent to your school, or give them to your workers.",
  worker: "Answer the threads your school gives you. You see the question, not who asked it.",
  signIn: "Sign in",
  signUp: "Create an account",
  signingOut: "Signing out. This finishes as soon as uconnect can be reached.",
  signingOutText: "Until then, nothing is deleted and nothing is shown here.",
};

export type SignInMessages = typeof en;

export const signInTables: Record<string, SignInMessages> = { en };

export const signInMessages = signInTables[language] as SignInMessages;
