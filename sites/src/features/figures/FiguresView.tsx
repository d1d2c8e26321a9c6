// A school's figures by week, as a dean reads them: charts, each with its numbers as a table, and all of it as CSV.

import { Download } from "lucide";
import { useEffect, useState } from "preact/hooks";
import { errorMessage } from "../../api/client";
import type { Figures, WeekFigures } from "../../api/types";
import { downloadFile } from "../../browser/download";
import { formatNumber, locale } from "../../i18n/messages";
import { timeOfDay } from "../../i18n/office-hours";
import { pageMessages } from "../../i18n/page-messages";
import { me, session } from "../../sync/store";
import { BarChart, type Series, wholeTicks } from "../../ui/BarChart";
import { EmptyState } from "../../ui/EmptyState";
import { Icon } from "../../ui/Icon";
import { LoadFailure } from "../../ui/LoadFailure";
import { Skeleton } from "../../ui/Skeleton";
import { toCsv } from "./csv";
import { answeredIn, askedIn, classWithin, endedIn, sumByPlace, tableOf } from "./figures";

const { figures: texts } = pageMessages;
const HALF = 0.5;
const MOST = 0.9;

const inUtc = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" });
const monday = inUtc({ day: "numeric", month: "short" });
const mondayAndYear = inUtc({ day: "numeric", month: "long", year: "numeric" });
const weekday = inUtc({ weekday: "short" });
const DAYS = Array.from({ length: 7 }, (_, day) => weekday.format(Date.UTC(2024, 0, 1 + day))); // it was a Monday
const HOURS = Array.from({ length: 24 }, (_, hour) => timeOfDay(hour * 60));
const dateOf = ({ begins }: WeekFigures): number => Date.parse(begins);

export function FiguresView() {
  const [figures, setFigures] = useState<Figures | null>(null);
  const [error, setError] = useState("");
  const load = () => {
    setError("");
    session.call("figures").then(setFigures, (reason: unknown) => setError(errorMessage(reason)));
  };
  useEffect(load, []);
  if (error) return <LoadFailure text={error} retry={load} />;
  if (!figures) return <Skeleton label={texts.loading} lines={6} />;
  const [first] = figures.weeks;
  return (
    <>
      {first ? (
        <Charts figures={figures} since={mondayAndYear.format(dateOf(first))} />
      ) : (
        <EmptyState title={texts.none} text={texts.noneText} />
      )}
      <section class="page-section">
        <h2>{texts.public}</h2>
        <p class="muted">{publicText(figures)}</p>
      </section>
    </>
  );
}

/** What everybody may see of them. */
const publicText = ({ reply_time, least_replies, measured_weeks }: Figures): string =>
  reply_time ? texts.shown(pageMessages.schools.replyTimes[reply_time]) : texts.notShown(least_replies, measured_weeks);

function Charts({ figures, since }: { figures: Figures; since: string }) {
  const { weeks, longest } = figures;
  const bands = weeks.map((week) => monday.format(dateOf(week)));
  const zone = me.value?.card?.zone || "UTC";
  const asked = { name: texts.asked, values: weeks.map(askedIn) };
  const ended = { name: texts.ended, values: weeks.map(endedIn) };
  const counts = { heightLabel: texts.questions, format: String, tableLabel: texts.table };
  return (
    <>
      <Summary figures={figures} />
      <p class="figures-about muted">{texts.about(since, zone)}</p>
      <button type="button" class="button figures-download" onClick={() => download(figures)}>
        <Icon of={Download} size={18} />
        {texts.download}
      </button>
      <BarChart
        {...counts}
        title={texts.askedAndEnded}
        bandsLabel={texts.week}
        bands={bands}
        labelEvery={everyFew(bands)}
        series={[asked, ended]}
        ticks={ticksFor([asked, ended])}
      />
      <Waits title={texts.toAnswer} bands={bands} longest={longest} rows={weeks.map(({ replies }) => replies)} />
      <Waits title={texts.toEnd} bands={bands} longest={longest} rows={weeks.map(({ settled }) => settled)} />
      <Asked
        title={texts.byHour}
        bandsLabel={texts.hour}
        bands={HOURS}
        labelEvery={6}
        rows={weeks.map(({ raised }) => raised.hours)}
      />
      <Asked title={texts.byDay} bandsLabel={texts.day} bands={DAYS} rows={weeks.map(({ raised }) => raised.days)} />
    </>
  );
}

/** Five of the weeks have their labels. */
const everyFew = (bands: readonly string[]): number => Math.ceil(bands.length / 5);

const ticksFor = (series: readonly Series[]) =>
  wholeTicks(Math.max(...series.flatMap(({ values }) => values.map(Number))));

function Summary({ figures: { weeks, longest } }: { figures: Figures }) {
  const total = (of: (week: WeekFigures) => number) => formatNumber(weeks.map(of).reduce((sum, n) => sum + n, 0));
  const replies = sumByPlace(weeks.map((week) => week.replies));
  const within = (share: number) => inWords(longest, classWithin(replies, share));
  return (
    <dl class="figures">
      <Figure label={texts.asked} value={total(askedIn)} />
      <Figure label={texts.answered} value={total(answeredIn)} />
      <Figure label={texts.ended} value={total(endedIn)} />
      <Figure label={texts.halfAnswered} value={within(HALF)} />
      <Figure label={texts.mostAnswered} value={within(MOST)} />
    </dl>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** In words, such as "2 hours" or "over 4 weeks". */
function inWords(longest: readonly number[], place: number | null): string {
  if (place === null) return "–";
  const minutes = longest[place];
  return minutes === undefined ? texts.over(texts.minutes(longest.at(-1) ?? 0)) : texts.minutes(minutes);
}

interface WaitsProps {
  title: string;
  bands: readonly string[];
  longest: readonly number[];
  rows: readonly (readonly number[])[];
}

/** How long it took for half of them, and for nine of ten. A class is as high as the next, though about twice as long. */
function Waits({ title, bands, longest, rows }: WaitsProps) {
  const heights = (share: number) =>
    rows.map((counts) => {
      const place = classWithin(counts, share);
      return place === null ? null : place + 1;
    });
  const ticks = [2, 4, 6, 8, 11].map((at) => ({ at, label: texts.minutes(longest[at - 1] ?? 0) }));
  return (
    <BarChart
      title={title}
      bandsLabel={texts.week}
      bands={bands}
      labelEvery={everyFew(bands)}
      series={[
        { name: texts.half, values: heights(HALF) },
        { name: texts.most, values: heights(MOST) },
      ]}
      heightLabel={texts.time}
      ticks={[{ at: 0, label: "" }, ...ticks, { at: longest.length + 1, label: texts.longer }]}
      format={(height) => inWords(longest, height - 1)}
      tableLabel={texts.table}
    />
  );
}

interface AskedProps {
  title: string;
  bandsLabel: string;
  bands: readonly string[];
  labelEvery?: number;
  rows: readonly (readonly number[])[];
}

/** How many questions came, in all weeks together. */
function Asked({ rows, ...chart }: AskedProps) {
  const series = [{ name: texts.asked, values: sumByPlace(rows) }];
  return (
    <BarChart
      {...chart}
      series={series}
      heightLabel={texts.questions}
      ticks={ticksFor(series)}
      format={String}
      tableLabel={texts.table}
    />
  );
}

const download = (figures: Figures): void =>
  downloadFile(`figures-${figures.weeks.at(-1)?.begins ?? ""}.csv`, "text/csv", toCsv(tableOf(figures, DAYS)));
