// A browser may name languages in forms that `Intl` rejects: "en-US@posix", "de_DE.UTF-8", none, or nonsense.

/** The locales that a browser names, as `Intl` spells them. Invalid ones are dropped. */
export function canonicalLocales(tags: readonly unknown[] | null | undefined): string[] {
  return (tags ?? []).flatMap((tag) => {
    try {
      return Intl.getCanonicalLocales(String(tag).split(/[@.]/)[0]?.replaceAll("_", "-"));
    } catch {
      return [];
    }
  });
}

/** The locales that the person prefers, best first. */
export function preferredLocales(): string[] {
  const { languages, language } = globalThis.navigator ?? {};
  return canonicalLocales(languages?.length ? languages : [language]);
}
