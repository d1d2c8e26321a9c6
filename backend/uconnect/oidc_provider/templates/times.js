// Shows each time by the reader's clock, as the reader's browser writes dates in the language of the page. Without this
// script it is shown in UTC, and says so.

const { lang } = document.documentElement;
const spoken = (navigator.languages ?? []).find((locale) => new RegExp(`^${lang}(-[a-z0-9]+)*$`, "i").test(locale));
const format = new Intl.DateTimeFormat(spoken ?? lang, { dateStyle: "long", timeStyle: "short" });
for (const time of document.querySelectorAll("time")) time.textContent = format.format(new Date(time.dateTime));
