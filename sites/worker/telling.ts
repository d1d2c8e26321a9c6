// Before a worker's message leaves, it is read for what would tell who they are: a name, an e-mail address, a telephone number.

export type Tell = "name" | "email" | "phone";

const DATE = /(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d)(?!\d)/g;
const PHONE = /(?<!\d)(?:\+|\(?0)[\d\s()./-]{5,}\d|(?<!\d)\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)/g;
const DIGITS = 7; // fewer are a room, a course or a year
const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "");

/** What a text tells of its writer. A first or last name counts as it is spelled, since "will" and "may" are also words. */
export function tells(text: string, { name, email }: { name: string; email: string }): Tell[] {
  const found: Tell[] = [];
  if (namesIn(plain(text), plain(name))) found.push("name");
  if (text.toLowerCase().includes(email.toLowerCase())) found.push("email");
  if ([...text.replace(DATE, "").matchAll(PHONE)].some(([number]) => number.replace(/\D/g, "").length >= DIGITS)) found.push("phone");
  return found;
}

function namesIn(text: string, name: string): boolean {
  const words = new Set(text.split(/[^\p{L}\p{N}]+/u));
  const parts = name.split(/[^\p{L}\p{N}]+/u).filter((part) => [...part].length > 1);
  const whole = name.trim().toLowerCase();
  return (whole !== "" && text.toLowerCase().includes(whole)) || parts.some((part) => words.has(part));
}
