// The types of HTTP bodies, by the names that the sites use. `npm run types` makes http.ts from docs/openapi.json; it is
// not kept in the repository.

import type { components, operations } from "./http";

type Schemas = components["schemas"];

export type Act = Schemas["ActCard"];
export type DirectoryCard = Schemas["DirectoryCard"];
export type Figures = Schemas["FiguresShown"];
export type FoundText = Schemas["FoundText"];
export type FoundThread = Schemas["FoundThread"];
export type HiddenWords = Schemas["HiddenWordsShown"];
export type Invitation = Schemas["Invitation"];
export type InternalEntryPage = Schemas["InternalEntryPage"];
export type Listed = Schemas["Listed"];
export type LogPage = Schemas["LogPage"];
export type Me = Schemas["Me"];
export type Opened = Schemas["Opened"];
export type OpenHours = Schemas["OpenHours"];
export type OpeningHours = Schemas["OpeningHours"];
export type Overview = Schemas["Overview"];
export type Person = Schemas["Person"];
export type Policy = Schemas["Policy"];
export type ProfileUpdate = Schemas["ProfileUpdate"];
export type SavedReply = Schemas["SavedReplyCard"];
export type SavedReplyList = Schemas["SavedReplyList"];
export type SchoolCard = Schemas["SchoolCard"];
export type Mailbox = Schemas["Mailbox"];
export type State = Schemas["State"];
export type ThreadFilter = Schemas["ThreadFilter"];
export type ThreadSort = Schemas["ThreadSort"];
export type WeekFigures = Schemas["WeekCard"];
export type WorkerCard = Schemas["WorkerCard"];
export type WorkerList = Schemas["WorkerList"];

export type OperationName = keyof operations;

type Json<Body> = { content: { "application/json": Body } };
type EmptyBody = Record<string, never>;
type Query<Operation> = Operation extends { parameters: { query?: infer Found } } ? NonNullable<Found> : never;
type Content<Operation> = Operation extends { requestBody?: infer Found } ? NonNullable<Found> : never;

/** What an operation takes: the body of a POST or PUT, the query of a GET. */
export type Input<Name extends OperationName> = [Content<operations[Name]>] extends [never]
  ? [Query<operations[Name]>] extends [never]
    ? EmptyBody
    : Query<operations[Name]>
  : Content<operations[Name]> extends Json<infer Body>
    ? Body
    : never;

/** What an operation answers when it succeeds. */
export type Answer<Name extends OperationName> = operations[Name] extends { responses: { 200: Json<infer Body> } }
  ? Body
  : never;
