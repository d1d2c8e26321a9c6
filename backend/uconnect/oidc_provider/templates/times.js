// Shows each time by the reader's clock, as the reader's browser writes dates in the language of the page. Without this
// script it is shown in UTC, and says so. A day is a day in UTC, and stays that day.

const { lang } = document.documentElement;
const spoken = (navigator.languages ?? []).find((locale) => new RegExp(`^${lang}(-[a-z0-9]+)*$`, "i").test(locale));
const minute = new Intl.DateTimeFormat(spoken ?? lang, { dateStyle: "long", timeStyle: "short" });
const day = new Intl.DateTimeFormat(spoken ?? lang, { dateStyle: "long", timeZone: "UTC" });
for (const time of document.querySelectorAll("time")) {
  time.textContent = (time.dateTime.includes("T") ? minute : day).format(new Date(time.dateTime));
}
