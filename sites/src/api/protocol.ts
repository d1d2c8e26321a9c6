// Made by `make generated` from the backend's structs: change those. It keeps sites and server of one mind.

import type { operations } from "./http";

export const PROTOCOL = 1;
export const FRAME_BYTES = 32768;
export const TYPING_EVERY = 4000; // ms
export const COMPOSING_EVERY = 10000; // ms

/** The first frame on a socket: which protocol the client speaks. */
export interface Hello {
  readonly t: "hello";
  readonly protocol: number;
}

/** Post a message to a thread. Answered with `ack` or `refused`, both with the key. */
export interface Send {
  readonly t: "send";
  readonly key: string;
  readonly id: string;
  readonly text: string;
}

/** Someone on this side is typing. Never answered. */
export interface Typing {
  readonly t: "typing";
  readonly id: string;
}

/** The log was read up to `seq`, and with it `theirs` of the other side's messages. Never answered. */
export interface Seen {
  readonly t: "seen";
  readonly id: string;
  readonly seq: number;
  readonly theirs: number;
}

/** This one on the school's side has an answer in its composer, or none any more. Never answered.

    Said again each COMPOSING_EVERY while it is written. */
export interface Composing {
  readonly t: "composing";
  readonly id: string;
  readonly open: boolean;
}

/** Keeps the socket from idling out; answered with `pong`. */
export interface Ping {
  readonly t: "ping";
}

/** Answers the client's hello: from now on this party is told of every change. Frames may come before it. */
export interface Welcome {
  readonly t: "hello";
  readonly protocol: number;
}

/** The message sent under `key` is kept for good: it has this place in the log. */
export interface Ack {
  readonly t: "ack";
  readonly key: string;
  readonly id: string;
  readonly entry: RaiserMessage | Ended | SchoolMessage | WorkerMessage;
  readonly row: RaiserRow | SchoolRow | WorkerRow;
}

/** A message as the raiser reads it; `key` is set on its own. */
export interface RaiserMessage {
  readonly as: "raiser";
  readonly seq: number;
  readonly at: number;
  readonly side: Side;
  readonly text: string;
  readonly key: string | null;
  readonly kind?: MessageKind;
}

/** Whose voice a message is: the one who asked, or the institution, whichever of its hands wrote. */
export type Side = "raiser" | "school";

/** What a message is, beside its text. */
export type MessageKind = "ask_to_end" | "not_yet" | "text";

/** The entry that ends a log. It has no author: whoever reads it knows no more than that it is over. */
export interface Ended {
  readonly as: "ended";
  readonly seq: number;
  readonly at: number;
}

/** A message as the school reads it: `author` is the party whose hands wrote it. */
export interface SchoolMessage {
  readonly as: "school";
  readonly seq: number;
  readonly at: number;
  readonly side: Side;
  readonly author: string;
  readonly text: string;
  readonly key: string | null;
  readonly kind?: MessageKind;
}

/** A message as a worker reads it: from the requester or the school, and whether its own hands wrote it. */
export interface WorkerMessage {
  readonly as: "worker";
  readonly seq: number;
  readonly at: number;
  readonly side: Side;
  readonly mine: boolean;
  readonly text: string;
  readonly key: string | null;
  readonly kind?: MessageKind;
}

/** A thread in the list of its raiser. `theirs` counts the school's messages.

    `asked_to_end` is the entry that asks whether it is settled, while that waits for an answer; else 0. */
export interface RaiserRow {
  readonly as: "raiser";
  readonly id: string;
  readonly rev: number;
  readonly school: string;
  readonly subject: string;
  readonly state: State;
  readonly since: number;
  readonly at: number;
  readonly seq: number;
  readonly theirs: number;
  readonly last: Last | null;
  readonly asked_to_end: number;
}

/** Whether anybody may still post. */
export type State = "open" | "terminated";

/** The last message of the log: whose side it is from, and its first 80 characters. */
export interface Last {
  readonly side: Side;
  readonly text: string;
}

/** A thread in a school's inbox. `theirs` counts the raiser's messages; `worker` is None while it is with us.

    `settled` is how many of theirs there were when our side last answered: those are not unread, whoever answered.
    `turn_since` is the time of the first message that the other side has not answered. `asked_to_end` is the entry that
    asks whether it is settled, while that waits for an answer, else 0; `asked_at` is when our side last asked, or 0.
    `hides`: words of it are hidden from whoever works on it. */
export interface SchoolRow {
  readonly as: "school";
  readonly id: string;
  readonly rev: number;
  readonly owner: string;
  readonly kind: Kind;
  readonly worker: string | null;
  readonly subject: string;
  readonly state: State;
  readonly since: number;
  readonly at: number;
  readonly seq: number;
  readonly theirs: number;
  readonly settled: number;
  readonly turn_since: number;
  readonly last: Last | null;
  readonly asked_to_end: number;
  readonly asked_at: number;
  readonly hides: boolean;
}

/** What a party is, for ever. */
export type Kind = "school" | "user" | "worker";

/** A thread in a worker's list. `theirs` counts the requester's messages.

    `turn_since` is the time of the first message that the other side has not answered. `asked_to_end` is the entry that
    asks whether it is settled, while that waits for an answer, else 0; `asked_at` is when our side last asked, or 0. */
export interface WorkerRow {
  readonly as: "worker";
  readonly id: string;
  readonly rev: number;
  readonly alias: string;
  readonly subject: string;
  readonly state: State;
  readonly since: number;
  readonly at: number;
  readonly seq: number;
  readonly theirs: number;
  readonly turn_since: number;
  readonly last: Last | null;
  readonly asked_to_end: number;
  readonly asked_at: number;
}

/** A new entry of a log, with the whole row as this party now sees it. */
export interface Event {
  readonly t: "event";
  readonly id: string;
  readonly entry: RaiserMessage | Ended | SchoolMessage | WorkerMessage;
  readonly row: RaiserRow | SchoolRow | WorkerRow;
}

/** A row that is new or changed without a new entry. */
export interface RowChanged {
  readonly t: "row";
  readonly row: RaiserRow | SchoolRow | WorkerRow;
}

/** Something is new in a thread of which its school hides words: this worker asks for it again.

    `texts`: what it was shown before is shown otherwise now. Rows of a lower `rev` that arrive late are to be ignored. */
export interface Reload {
  readonly t: "reload";
  readonly id: string;
  readonly rev: number;
  readonly texts: boolean;
}

/** The words that this school hides from whoever works on a thread; the highest `rev` is the latest. */
export interface HiddenWordsChanged {
  readonly t: "hidden";
  readonly id: string;
  readonly rev: number;
  readonly words: readonly (string)[];
}

/** The thread is not this party's any more; rows of a lower `rev` that arrive late are to be ignored. */
export interface Gone {
  readonly t: "gone";
  readonly id: string;
  readonly rev: number;
}

/** How many of its `most` threads this party has open; the highest `rev` is the latest. */
export interface Meter {
  readonly t: "meter";
  readonly rev: number;
  readonly open: number;
  readonly most: number;
}

/** Someone on the other side is typing. Fades after TYPING_EVERY and a little, or with their next message. */
export interface TypingNow {
  readonly t: "typing";
  readonly id: string;
}

/** The other one on the school's side writes an answer, or not any more.

    Fades after COMPOSING_EVERY and a little, or with their next message. Never sent to a raiser. */
export interface ComposingNow {
  readonly t: "composing";
  readonly id: string;
  readonly open: boolean;
}

/** The other side has seen the log up to `seq`. */
export interface SeenBy {
  readonly t: "seen";
  readonly id: string;
  readonly seq: number;
}

/** This party itself, on another device, has read `read` of the other side's messages. */
export interface Read {
  readonly t: "read";
  readonly id: string;
  readonly read: number;
}

/** This party itself, on this or another device, has put a thread off, or brought it back. */
export interface SnoozeChanged {
  readonly t: "snoozed";
  readonly id: string;
  readonly snooze: ShownSnooze;
}

/** The viewer has put the thread off until a time, or until the other side writes if that is 0. None: no longer.

    It is over when the row's `theirs` is more than this `theirs`. The highest `rev` is the latest. */
export interface ShownSnooze {
  readonly rev: number;
  readonly until: number | null;
  readonly theirs: number;
}

/** Something was noted beside a thread's log; its school is also told whose hands it came into. */
export interface InternalEntryAdded {
  readonly t: "noted";
  readonly id: string;
  readonly entry: SchoolNote | SchoolAssignment | WorkerNote;
}

/** An internal note as the school reads it: `author` is the party who wrote it. */
export interface SchoolNote {
  readonly as: "school_note";
  readonly seq: number;
  readonly at: number;
  readonly author: string;
  readonly text: string;
  readonly key: string | null;
}

/** Whose hands the thread came into: a worker's, or with None the school's own. */
export interface SchoolAssignment {
  readonly as: "assigned";
  readonly seq: number;
  readonly at: number;
  readonly worker: string | null;
}

/** An internal note as the handling worker reads it: whether its own hands wrote it, and no colleague's name. */
export interface WorkerNote {
  readonly as: "worker_note";
  readonly seq: number;
  readonly at: number;
  readonly mine: boolean;
  readonly text: string;
  readonly key: string | null;
}

/** The party's own profile, its list of workers or its school's saved replies are others now: ask for them again. */
export interface Changed {
  readonly t: "changed";
  readonly what: ChangedSubject;
}

/** What a party can be told to ask for again. */
export type ChangedSubject = "me" | "saved_replies" | "workers";

/** Whoever raised a thread to this school has another name or address. */
export interface OwnerChanged {
  readonly t: "owner";
  readonly owner: Person;
}

/** Whoever raised a thread to this school. */
export interface Person {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly email: string;
}

/** A school that this party raised a thread to shows another profile. */
export interface SchoolChanged {
  readonly t: "school";
  readonly school: DirectoryCard;
}

/** A school as those are shown it who may raise to it. `reply_time` is how soon it usually answers a new thread,
    null if that is not known. It is the school's, never a person's, and changes once a week at most (leak 37).

    A worker is not shown it: it is worked out of other people's threads. */
export interface DirectoryCard {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly hours: readonly (OpenHours)[];
  readonly zone: string;
  readonly picture: string;
  readonly takes: boolean;
  readonly reply_time: ReplyTime | null;
}

/** When a school is there on one day: `day` 1 is Monday, the times are minutes since midnight in its zone. */
export interface OpenHours {
  readonly day: number;
  readonly opens: number;
  readonly closes: number;
}

/** How soon a school usually answers a new thread, in coarse steps that everybody may know. */
export type ReplyTime = "day" | "hour" | "longer" | "week";

/** A frame was refused; `key` names the send, or is None where no key could be read. */
export interface SendRefused {
  readonly t: "refused";
  readonly key: string | null;
  readonly code: string;
  readonly sentence: string;
}

/** Answers ping. */
export interface Pong {
  readonly t: "pong";
}

/** The last frame before the server closes the socket: `reload`, `ended`, `rotate`, `slow`, `flood` or `restart`. */
export interface Bye {
  readonly t: "bye";
  readonly code: string;
}

/** A refusal as it leaves, in an HTTP body or a frame. */
export interface Refusal {
  readonly t: "refused";
  readonly code: string;
  readonly sentence: string;
}

export type Row = RaiserRow | SchoolRow | WorkerRow;

export type ShownEntry = RaiserMessage | Ended | SchoolMessage | WorkerMessage;

export type ClientFrame = Hello | Send | Typing | Seen | Composing | Ping;

export type ServerFrame = Welcome | Ack | Event | RowChanged | Reload | HiddenWordsChanged | Gone | Meter | TypingNow | ComposingNow | SeenBy | Read | SnoozeChanged | InternalEntryAdded | Changed | OwnerChanged | SchoolChanged | SendRefused | Pong | Bye;

export type RefusalCode = "malformed" | "account_ended" | "site_is_school" | "site_is_worker" | "site_is_user" | "not_invited" | "invited" | "schools_invited_only" | "address_taken" | "not_found" | "thread_terminated" | "thread_open" | "five_threads" | "five_workers" | "saved_replies_full" | "asked_lately" | "snoozed_full" | "hidden_words_full" | "still_asked" | "sign_in_again" | "unreachable_address" | "no_picture" | "too_large" | "too_fast" | "busy";

/** The path of each operation, and its method if that is not GET. Every page loads this table first. */
export const OPERATIONS: { readonly [Name in keyof operations]: string } = {
  me: "/me",
  rename: "/me PUT",
  closeAccount: "/me DELETE",
  setAvailability: "/availability PUT",
  setFace: "/face PUT",
  setPicture: "/picture PUT",
  setPolicy: "/policy PUT",
  overview: "/overview",
  figures: "/figures",
  acts: "/acts",
  notices: "/notices",
  setNotices: "/notices PUT",
  issueTicket: "/tickets POST",
  signOut: "/sign-out POST",
  listSchools: "/schools",
  showSchool: "/schools/{id}",
  listThreads: "/threads",
  raiseThread: "/threads POST",
  searchThreads: "/search POST",
  showThread: "/threads/{id}",
  readLog: "/threads/{id}/log",
  sendMessage: "/threads/{id}/messages POST",
  askToEnd: "/threads/{id}/ask-to-end POST",
  answerNotYet: "/threads/{id}/not-yet POST",
  terminateThread: "/threads/{id}/terminate POST",
  deleteThread: "/threads/{id} DELETE",
  offloadThread: "/threads/{id}/offload POST",
  takeBackThread: "/threads/{id}/take-back POST",
  handBackThread: "/threads/{id}/hand-back POST",
  readHiddenWords: "/threads/{id}/hidden-words",
  hideWords: "/threads/{id}/hide-words POST",
  showWords: "/threads/{id}/show-words POST",
  snoozeThread: "/threads/{id}/snooze PUT",
  wakeThread: "/threads/{id}/snooze DELETE",
  readNotes: "/threads/{id}/notes",
  writeNote: "/threads/{id}/notes POST",
  listSavedReplies: "/saved-replies",
  addSavedReply: "/saved-replies POST",
  changeSavedReply: "/saved-replies/{id} PUT",
  deleteSavedReply: "/saved-replies/{id} DELETE",
  listInvitations: "/invitations",
  acceptInvitation: "/invitations/{id} POST",
  listWorkers: "/workers",
  inviteWorker: "/workers POST",
  resendInvitation: "/workers/{id}/resend POST",
  removeWorker: "/workers/{id} DELETE",
};
