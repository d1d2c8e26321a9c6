// Made by `make generated` from the backend's structs: change those. It keeps sites and server of one mind.

export const PROTOCOL = 1;
export const FRAME_BYTES = 32768;
export const TEXT_POINTS = 4000;
export const SUBJECT_POINTS = 120;
export const TYPING_EVERY = 4000; // ms

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

/** Keeps the socket from idling out; answered with `pong`. */
export interface Ping {
  readonly t: "ping";
}

/** Answers the client's hello: frames for this party arrive from now on. */
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
}

/** Whose voice a message is: the one who asked, or the institution, whichever of its hands wrote. */
export type Side = "raiser" | "school";

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
}

/** A thread in the list of its raiser. `theirs` counts the school's messages. */
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
}

/** Whether anybody may still post. */
export type State = "open" | "terminated";

/** The last message of the log: whose side it is from, and its first 80 characters. */
export interface Last {
  readonly side: Side;
  readonly text: string;
}

/** A thread in a school's inbox. `theirs` counts the raiser's messages; `worker` is None while it is with us. */
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
  readonly last: Last | null;
}

/** What a party is, for ever. */
export type Kind = "school" | "user" | "worker";

/** A thread in a worker's list. `theirs` counts the requester's messages. */
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
  readonly last: Last | null;
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

/** The party's own profile, or its list of workers, is another now: ask for it again. */
export interface Changed {
  readonly t: "changed";
  readonly what: ChangedSubject;
}

/** What a party can be told to ask for again. */
export type ChangedSubject = "me" | "workers";

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

/** An empty body: `{}` or none at all. */
export type EmptyBody = object;

/** A party as it sees itself. `open` of `most` threads that it raised are open; a worker raises none.

    `card` is the school's own public face, or that of the school a worker works for; `policy` is a school's,
    `available` and `may_leave` are a worker's: whether it may still end its account by itself. */
export interface Me {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly email: string;
  readonly rev: number;
  readonly open: number;
  readonly most: number;
  readonly card: SchoolCard | null;
  readonly policy: Policy | null;
  readonly available: boolean | null;
  readonly may_leave: boolean | null;
}

/** A school's public face. `takes`: it can be raised to. `picture` is an id, empty if there is none. */
export interface SchoolCard {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly hours: readonly (OpenHours)[];
  readonly zone: string;
  readonly picture: string;
  readonly takes: boolean;
}

/** When a school is there on one day: `day` 1 is Monday, the times are minutes since midnight in its zone. */
export interface OpenHours {
  readonly day: number;
  readonly opens: number;
  readonly closes: number;
}

/** What a school does with a new thread. */
export type Policy = "automatic" | "by_hand";

/** What this party is called. */
export interface NameUpdate {
  readonly name: string;
}

/** It is so now, whether this call or an earlier one made it so. */
export type Done = object;

/** Whether the school's policy may give this worker threads. */
export interface AvailabilityUpdate {
  readonly available: boolean;
}

/** What a school shows of itself. What is left out stays as it is, so that two pages that change different fields do
    not undo each other. `hours` are by the clock of `zone`, with up to three spans a day. */
export interface ProfileUpdate {
  readonly name?: string;
  readonly about?: string;
  readonly hours?: readonly (OpeningHours)[];
  readonly zone?: string;
}

/** When an office is there on one day of the week: `day` 1 is Monday. */
export interface OpeningHours {
  readonly day: number;
  readonly opens: number;
  readonly closes: number;
}

/** A picture as base64: PNG, JPEG or WebP of at most 20 KB. Empty takes the picture away. */
export interface PictureUpload {
  readonly image: string;
}

/** What a school does with new threads. */
export interface PolicyUpdate {
  readonly policy: Policy;
}

/** A school's open threads now: how many were raised to it, and how many of those its workers have. */
export interface Overview {
  readonly open: number;
  readonly with_workers: number;
}

/** A ticket opens one socket, once, within `seconds`. */
export interface TicketShown {
  readonly ticket: string;
  readonly seconds: number;
}

export interface SchoolsQuery {
  readonly after?: string | null;
  readonly most?: number;
}

/** The directory, by name. */
export interface SchoolPage {
  readonly schools: readonly (SchoolCard)[];
  readonly next: string | null;
}

export interface ThreadsQuery {
  readonly shelf: Mailbox;
  readonly before?: string | null;
  readonly most?: number;
}

/** The three lists of threads a party can have. */
export type Mailbox = "handled" | "raised" | "received";

/** Threads, latest activity first. `people` are their owners, for the school they were raised to, else empty. */
export interface ThreadPage {
  readonly threads: readonly (Listed)[];
  readonly people: readonly (Person)[];
  readonly next: string | null;
}

/** A row in a list. Unread is the row's `theirs` less `read`. */
export interface Listed {
  readonly row: RaiserRow | SchoolRow | WorkerRow;
  readonly read: number;
}

/** Whoever raised a thread to this school. */
export interface Person {
  readonly id: string;
  readonly kind: Kind;
  readonly name: string;
  readonly email: string;
}

/** Raise a thread to a school, with what it is about and the first message. */
export interface Raise {
  readonly key: string;
  readonly school: string;
  readonly subject: string;
  readonly text: string;
}

/** One thread; `people` is its owner, for the school it was raised to, else empty. */
export interface ThreadShown {
  readonly thread: Opened;
  readonly people: readonly (Person)[];
}

/** One thread asked for by its id; `seen` is the highest seq that the other side has seen. */
export interface Opened {
  readonly row: RaiserRow | SchoolRow | WorkerRow;
  readonly read: number;
  readonly seen: number;
}

export interface LogQuery {
  readonly after?: number;
  readonly most?: number;
}

/** Entries by seq, without a gap; `more` follow the last one. */
export interface LogPage {
  readonly entries: readonly (RaiserMessage | Ended | SchoolMessage | WorkerMessage)[];
  readonly more: boolean;
}

/** Give a thread to one of the school's own workers. */
export interface Offload {
  readonly worker: string;
}

export interface InternalEntriesQuery {
  readonly after?: number;
  readonly most?: number;
}

/** What stands beside a log, by seq; numbers that are missing are not for this reader. More follows after `next`. */
export interface InternalEntryPage {
  readonly entries: readonly (SchoolNote | SchoolAssignment | WorkerNote)[];
  readonly next: number | null;
}

/** Note something beside a thread, for the school and its worker. */
export interface WriteNote {
  readonly key: string;
  readonly text: string;
}

/** The note that was written. */
export interface NoteShown {
  readonly entry: SchoolNote | SchoolAssignment | WorkerNote;
}

/** The invitations that wait for the caller's answer, oldest first. */
export interface InvitationList {
  readonly invitations: readonly (Invitation)[];
}

/** An invitation as the invited person sees it: the school's name, and the id to accept it by. */
export interface Invitation {
  readonly id: string;
  readonly school: string;
}

/** A school's workers in the order they were invited; at most five. */
export interface WorkerList {
  readonly workers: readonly (WorkerCard)[];
  readonly most: number;
}

/** A worker as its own school sees it, with the open threads it handles; invited until it has joined. */
export interface WorkerCard {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly joined: boolean;
  readonly available: boolean;
  readonly load: number;
}

/** Invite someone to be a worker of this school. */
export interface Invite {
  readonly key: string;
  readonly email: string;
  readonly name: string;
}

export type Row = RaiserRow | SchoolRow | WorkerRow;

export type ShownEntry = RaiserMessage | Ended | SchoolMessage | WorkerMessage;

export type ClientFrame = Hello | Send | Typing | Seen | Ping;

export type ServerFrame = Welcome | Ack | Event | RowChanged | Gone | Meter | TypingNow | SeenBy | Read | InternalEntryAdded | Changed | SendRefused | Pong | Bye;

export type RefusalCode = "malformed" | "account_ended" | "site_is_school" | "site_is_worker" | "site_is_user" | "not_invited" | "invited" | "schools_invited_only" | "address_taken" | "not_found" | "thread_terminated" | "thread_open" | "five_threads" | "five_workers" | "still_asked" | "sign_in_again" | "unreachable_address" | "no_picture" | "too_large" | "too_fast" | "busy";

export interface Operations {
  /** Read your own profile and how many threads you have open. */
  me: { takes: EmptyBody; answers: Me };
  /** Change your name. */
  rename: { takes: NameUpdate; answers: Done };
  /** Close your account. A worker can do this only before its first answer. */
  closeAccount: { takes: EmptyBody; answers: Done };
  /** Say whether your school may give you new threads automatically. */
  setAvailability: { takes: AvailabilityUpdate; answers: Done };
  /** Change what your school shows in the directory. */
  setFace: { takes: ProfileUpdate; answers: Done };
  /** Change or remove your school's picture. */
  setPicture: { takes: PictureUpload; answers: Done };
  /** Choose what your school does with new threads. */
  setPolicy: { takes: PolicyUpdate; answers: Done };
  /** Count your school's open threads. */
  overview: { takes: EmptyBody; answers: Overview };
  /** Get a ticket that opens one WebSocket. */
  issueTicket: { takes: EmptyBody; answers: TicketShown };
  /** List the schools by name. */
  listSchools: { takes: SchoolsQuery; answers: SchoolPage };
  /** Show one school, also after it has closed. */
  showSchool: { takes: EmptyBody; answers: SchoolCard };
  /** List the threads that you raised, received or handle, the latest first. */
  listThreads: { takes: ThreadsQuery; answers: ThreadPage };
  /** Raise a thread to a school. */
  raiseThread: { takes: Raise; answers: Listed };
  /** Show one thread. */
  showThread: { takes: EmptyBody; answers: ThreadShown };
  /** Read the messages of a thread in their order. */
  readLog: { takes: LogQuery; answers: LogPage };
  /** Terminate a thread that you raised: nobody can write in it any more. */
  terminateThread: { takes: EmptyBody; answers: Done };
  /** Delete a terminated thread for everyone. */
  deleteThread: { takes: EmptyBody; answers: Done };
  /** Give a thread to one of your workers. */
  offloadThread: { takes: Offload; answers: Done };
  /** Take a thread back from its worker. */
  takeBackThread: { takes: EmptyBody; answers: Done };
  /** Hand a thread back to your school. */
  handBackThread: { takes: EmptyBody; answers: Done };
  /** Read the internal notes of a thread; a school also sees to whom it was given. */
  readNotes: { takes: InternalEntriesQuery; answers: InternalEntryPage };
  /** Write an internal note on a thread. */
  writeNote: { takes: WriteNote; answers: NoteShown };
  /** List the invitations that wait for your answer. */
  listInvitations: { takes: EmptyBody; answers: InvitationList };
  /** Accept an invitation: you become a worker of that school. */
  acceptInvitation: { takes: EmptyBody; answers: Done };
  /** List your school's workers, also those who are only invited. */
  listWorkers: { takes: EmptyBody; answers: WorkerList };
  /** Invite a person to be a worker of your school. */
  inviteWorker: { takes: Invite; answers: Done };
  /** Send the invitation of a worker again. */
  resendInvitation: { takes: EmptyBody; answers: Done };
  /** Remove a worker from your school. Its threads return to the school. */
  removeWorker: { takes: EmptyBody; answers: Done };
}

export const OPERATIONS: { readonly [Name in keyof Operations]: readonly [method: string, path: string] } = {
  me: ["GET", "/me"],
  rename: ["PUT", "/me"],
  closeAccount: ["DELETE", "/me"],
  setAvailability: ["PUT", "/availability"],
  setFace: ["PUT", "/face"],
  setPicture: ["PUT", "/picture"],
  setPolicy: ["PUT", "/policy"],
  overview: ["GET", "/overview"],
  issueTicket: ["POST", "/tickets"],
  listSchools: ["GET", "/schools"],
  showSchool: ["GET", "/schools/{id}"],
  listThreads: ["GET", "/threads"],
  raiseThread: ["POST", "/threads"],
  showThread: ["GET", "/threads/{id}"],
  readLog: ["GET", "/threads/{id}/log"],
  terminateThread: ["POST", "/threads/{id}/terminate"],
  deleteThread: ["DELETE", "/threads/{id}"],
  offloadThread: ["POST", "/threads/{id}/offload"],
  takeBackThread: ["POST", "/threads/{id}/take-back"],
  handBackThread: ["POST", "/threads/{id}/hand-back"],
  readNotes: ["GET", "/threads/{id}/notes"],
  writeNote: ["POST", "/threads/{id}/notes"],
  listInvitations: ["GET", "/invitations"],
  acceptInvitation: ["POST", "/invitations/{id}"],
  listWorkers: ["GET", "/workers"],
  inviteWorker: ["POST", "/workers"],
  resendInvitation: ["POST", "/workers/{id}/resend"],
  removeWorker: ["DELETE", "/workers/{id}"],
};
