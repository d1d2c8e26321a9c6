/** The chosen ones, with one more or without it. */
export const toggled = (chosen: ReadonlySet<string>, one: string): ReadonlySet<string> =>
  chosen.has(one) ? new Set([...chosen].filter((other) => other !== one)) : new Set(chosen).add(one);
