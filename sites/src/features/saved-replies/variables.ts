// What stands in braces in a saved reply is filled in when it is inserted, in the browser of who writes.
//
// Only the school's name is: it is the same whoever inserts it. A worker knows the requester by an alias, and another
// worker by another alias: in a message it would tell the requester who answers.

const SCHOOL = /\{{1,2}\s*school\s*\}{1,2}/gi;
const IN_BRACES = /\{{1,2}\s*([\p{L}_.]+)\s*\}{1,2}/gu;

/** The text to insert. Without a name, it stays as it was written. */
export const fillIn = (text: string, school: string | undefined): string =>
  school ? text.replace(SCHOOL, () => school) : text;

/** The words in braces that nothing fills in, each once. */
export const unknownVariables = (text: string): readonly string[] => [
  ...new Set(Array.from(text.replace(SCHOOL, "").matchAll(IN_BRACES), ([found]) => found)),
];
