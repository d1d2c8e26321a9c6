// The table of texts of the page before anybody is in.

import { language } from "./messages";

const en = {
  user: "Ask a school of your university a question, and read its answers in one thread.",
  school: "Answer the questions sent to your school, or give them to your workers.",
  worker: "Answer the threads your school gives you. You see the question, not who asked it.",
  signIn: "Sign in",
  signUp: "Create an account",
};

export type SignInMessages = typeof en;

export const signInTables: Record<string, SignInMessages> = { en };

export const signInMessages = signInTables[language] as SignInMessages;
