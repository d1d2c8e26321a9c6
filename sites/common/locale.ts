// A browser may name languages in ways that `Intl` throws at: "en-US@posix", "de_DE.UTF-8", none, or nonsense.

/** The languages that a browser names, as `Intl` spells them; what it would not take is left out. */
export function readable(named: readonly unknown[] | null | undefined): string[] {
  return (named ?? []).flatMap((tag) => {
    try {
      return Intl.getCanonicalLocales(String(tag).split(/[@.]/)[0]?.replaceAll("_", "-"));
    } catch {
      return [];
    }
  });
}

/** What the person reads, first things first. */
export function wanted(): string[] {
  const { languages, language } = globalThis.navigator ?? {};
  return readable(languages?.length ? languages : [language]);
}
