// The texts of an account: its settings, and what stops it.

import { plural } from "./messages";

/** Says by how many minutes a device's clock is off; a positive number is fast. */
function clockOffMessage(minutes: number): string {
  const n = Math.abs(minutes);
  const duration = n < 120 ? plural(n, "minute", "minutes") : plural(Math.round(n / 60), "hour", "hours");
  return `The clock on this device is ${duration} ${minutes > 0 ? "fast" : "slow"}.`;
}

const NOTICE =
  "You get one when you have not read a message for 10 minutes, but not between 21:00 and 7:00. It does not say who wrote or what they wrote.";
const NOTICE_TO_STAFF = `${NOTICE} You get at most one an hour.`;

export const en = {
  idle: {
    title: "Are you still there?",
    text: "No one has used this site for a while, so you will be signed out in a minute. What you have written stays in this browser.",
    stay: "Stay signed in",
    signedOut: "You were signed out because no one used this site for a while. What you have written is kept for you.",
  },
  acts: {
    title: "Changes to your account",
    about:
      "What you changed here and who you invited or removed, and what the people who run uconnect did. Only you see it.",
    open: "Show the changes",
    loading: "Loading the changes",
    none: "No changes yet",
    noneText: "They are kept from now on, each with its time.",
    csv: "Download as CSV",
    json: "Download as JSON",
    more: "Show older changes",
    columns: ["Time (UTC)", "By", "Change", "Worker"],
    school: "You",
    operator: "The people who run uconnect",
    formerWorker: "a former worker",
    ofWorker: (kind: string, worker: string) => `${kind}: ${worker}`,
    byOperator: (kind: string) => `${kind}, by the people who run uconnect`,
    kinds: {
      join: "School account opened",
      "invite a worker": "Worker invited",
      "invite a worker again": "Invitation sent again",
      "remove a worker": "Worker removed",
      "change the name": "Name changed",
      "change the profile": "Profile changed",
      "change the picture": "Picture changed",
      "change what happens to new threads": "Rule for new threads changed",
      "change the address": "E-mail address changed",
      "close the account": "Account closed",
      "suspend a school": "Account suspended",
      "reset the passkeys of a school": "Passkeys and recovery codes removed",
      "resume a school": "Suspension ended",
      "export a school": "Data exported",
    },
  },
  settings: {
    title: "Settings",
    loading: "Loading your settings",
    who: "Your account",
    name: "Name",
    nameMissing: "Enter your name.",
    worksFor: (school: string) => `Worker at ${school}`,
    account: {
      all: "Password, e-mail and where you are signed in",
      password: "Change your password",
      own_password: "Change your password, if you signed in with one",
      issuer: "Your account where you signed in",
    },
    passkey: "Add a passkey",
    passkeyText:
      "With a passkey you sign in with your fingerprint, your face or your screen lock. Your password still works.",
    save: "Save",
    saved: "Saved",
    theme: "Appearance",
    themes: { auto: "Match this device", light: "Light", dark: "Dark" },
    signOut: "Sign out",
    signOutText: "Signing out deletes your drafts from this browser.",
    signOutEverywhere: "Sign out everywhere",
    signOutEverywhereText: "This signs you out here and on every other device.",
    signingOut: "Signing out…",
    signOutTitle: "Sign out with unsent messages?",
    unsent: (n: number) => `${plural(n, "message has", "messages have")} not been sent yet and will be lost.`,
    stay: "Stay signed in",
  },

  emails: {
    title: "E-mails",
    label: "E-mail me about new messages",
    loading: "Loading your e-mail setting",
    text: { user: NOTICE, school: NOTICE_TO_STAFF, worker: NOTICE_TO_STAFF },
  },

  retention: {
    title: "How long threads are kept",
    ends: (days: number) =>
      `A thread ends automatically when no one has written in it for ${plural(days, "day", "days")}.`,
    deleted: (days: number) =>
      `A thread is deleted ${plural(days, "day", "days")} after its end, for everyone who has it.`,
    from: (day: string) => `Nothing ends or is deleted for this reason before ${day}.`,
    threadEnds: (day: string) => `If no one writes, this thread ends on ${day} or the day after.`,
    threadDeleted: (day: string) => `This thread is deleted on ${day} or the day after.`,
  },

  profile: {
    title: "What people see of your school",
    name: "Name of the school",
    nameMissing: "Enter the school’s name.",
    about: "What it helps with",
    aboutHint: "One or two lines for people who look for a school.",
    hours: "Office hours",
    hoursHint: "They tell people when to expect an answer. They do not show who is online.",
    closed: "Closed",
    from: (day: string) => `${day}, from`,
    until: (day: string) => `${day}, until`,
    add: "Add hours",
    addHours: (day: string) => `Add hours on ${day}`,
    removeHours: (day: string, n: number) => `Remove hours ${n} on ${day}`,
    nextDay: "the next day",
    copyMonday: "Copy Monday’s hours to all weekdays",
    wrongSpan: (day: string) => `${day}: closing time must be after opening time.`,
    overlap: (day: string) => `${day}: these hours overlap.`,
    zone: "Time zone",
    zoneWrong: "This time zone is not known. Choose one like Europe/Berlin.",
    picture: "Picture",
    pictureText: "People see it beside the school’s name, instead of the initials. It is cropped to a square.",
    choose: "Choose a picture",
    chooseAnother: "Choose another",
    removePicture: "Remove picture",
    unreadable: "This browser cannot read this picture. Choose a PNG or JPEG file.",
  },

  leaveSchool: {
    title: "Joined by mistake?",
    action: (school: string) => `Leave ${school}`,
    text: (school: string) =>
      `If you leave, the threads that ${school} gave you go back to it. You keep your password, and another school can invite you. You can leave until you send your first answer.`,
    question: (school: string) => `Leave ${school}?`,
    questionText: "Your threads go back to the school. To work for it again, you need a new invitation.",
    stay: "Stay",
    left: (school: string) => `You have left ${school}.`,
    again: "Sign in again",
  },

  closeAccount: {
    action: "Close account",
    text: {
      user: "Your threads and all their messages are deleted, for you and for the schools.",
      school:
        "Your workers can no longer sign in, and the questions you asked other schools are deleted. People who asked your school can still read their threads.",
    },
    title: "Close this account?",
    final: "This cannot be undone.",
    type: (name: string) => `To confirm, type ${name}`,
    keep: "Keep the account",
    closed: "Your account is closed, and you are signed out.",
    stillOpen: (n: number) =>
      `${plural(n, "thread with your school is", "threads with your school are")} still open. You can close the account after the people who asked end them.`,
    again: "Sign in again",
  },

  signIn: {
    notFinished: "Signing in did not finish. Try again.",
    cookies:
      "This browser blocks cookies and stored data for this site, so you cannot sign in. Allow them for this site, then reload this page.",
    notStarted: (why: string) =>
      `Signing in could not start in this browser (${why}). Try another browser, or a newer version of this one.`,
    clockOff: (minutes: number) =>
      `Signing in did not finish. ${clockOffMessage(minutes)} Correct the clock, then try again.`,
  },

  errorPage: {
    title: "uconnect stopped because of an error on this page.",
    draftsKept: "Your drafts and unsent messages are saved in this browser. Reload the page to continue.",
    draftsLost: "Reload the page to continue. This browser saves nothing, so your drafts and unsent messages are lost.",
    reload: "Reload",
    again:
      "If this happens again, clear the data that this site saved in this browser. This signs you out, and deletes your drafts and unsent messages.",
    clear: "Clear data and sign out",
  },

  notices: {
    forbidden:
      "This browser saves nothing for this site. Everything works, but if you reload or close this page, you are signed out and lose your drafts and unsent messages.",
    full: "This browser has no space left to save what you write. It lasts only while this page is open.",
    clock: (minutes: number) => `${clockOffMessage(minutes)} Times shown here are correct.`,
    close: "Close this notice",
  },

  stopped: {
    continueAsOther: "Continue with the other account",
    otherAddress: "Use another address",
    theirSite: "Go to that site",
    ended: "This account is closed",
    endedText:
      "You are signed out of this site. If you think this is a mistake, ask your school or the people who run uconnect.",
  },
};
