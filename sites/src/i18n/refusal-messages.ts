// The texts of what the server refuses.

import type { RefusalCode } from "../api/protocol";

/** The server's refusals. A code that this page does not know is shown in the server's own words. */
export const en: Record<RefusalCode, string> = {
  malformed: "uconnect did not accept what this page sent. Copy what you wrote, reload the page, then try again.",
  account_ended:
    "This account is closed. If you think this is a mistake, ask your school or the people who run uconnect.",
  site_is_school: "This address belongs to a school. Sign in on the school site.",
  site_is_worker: "This address belongs to a worker. Sign in on the worker site.",
  site_is_user: "This address does not belong to a school or a worker. Sign in on the site for students and employees.",
  not_invited: "No school has invited this address. Ask your school to invite you as a worker.",
  invited: "A school has invited this address. Open the worker site to see which one, and accept there.",
  schools_invited_only: "Schools can join only by invitation. Ask the people who run uconnect.",
  address_taken: "This address already has an account. Use another address.",
  not_found: "This was not found. It may have been deleted, or the address may be wrong.",
  thread_terminated: "This thread has ended. No one can add messages to it.",
  thread_open: "This thread is still open. End it first, then delete it.",
  five_threads: "You have five open threads. End one that is settled, then you can open another.",
  five_workers: "You have five workers. Remove one, then you can invite another.",
  saved_replies_full: "You have 100 saved replies. Delete one, then you can add another.",
  asked_lately: "This thread was asked about less than a week ago. Wait a week, then you can ask again.",
  snoozed_full: "You have 100 snoozed threads. Bring one back, then you can snooze another.",
  hidden_words_full: "You hide 30 texts in this thread. Show one of them again, then you can hide another.",
  still_asked:
    "Threads with your school are still open. You can close the account after the people who asked end them.",
  sign_in_again: "You signed in a while ago. Sign in again, then repeat this.",
  unreachable_address: "No e-mail can reach this address. Check the spelling.",
  no_picture: "uconnect cannot read this picture. Choose a PNG, JPEG or WebP file.",
  too_large: "This is too large to send. A message can have up to 4,000 characters. Make it shorter, then try again.",
  too_fast: "Too many requests in a short time. Wait a few seconds, then try again.",
  busy: "uconnect cannot save anything right now. Nothing was changed. Try again in a moment.",
};
