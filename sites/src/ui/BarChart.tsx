// A chart of bars, drawn as SVG: its title in words, labels on both axes, and the same numbers as a table below.

export interface Series {
  name: string;
  /** One for each of the bands; null where there is nothing to say. */
  values: readonly (number | null)[];
}

export interface BarChartProps {
  title: string;
  /** What the bars stand for, from left to right. */
  bandsLabel: string;
  bands: readonly string[];
  /** Each how many-th band has its label below the plot, so that they do not run into each other on a phone. */
  labelEvery?: number;
  /** One or two. The second has outlined bars, so that nobody needs colours to tell them apart. */
  series: readonly Series[];
  /** What the height means, and the lines across the chart; the highest is the top. */
  heightLabel: string;
  ticks: readonly { at: number; label: string }[];
  format: (value: number) => string;
  tableLabel: string;
}

const HEIGHT = 160; // px of the plot
const TOP = 10; // px above it, for half a label
const BELOW = 24; // px below it, for the labels of the bands
const SHARE = 0.72; // of a band is filled

/** Lines at round numbers: at most five, the highest at or above `most`. */
export function wholeTicks(most: number): { at: number; label: string }[] {
  const rough = Math.max(most, 4) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((it) => it * power).find((it) => it >= rough) ?? 1);
  const count = Math.max(1, Math.ceil(most / step));
  return Array.from({ length: count + 1 }, (_, i) => ({ at: i * step, label: String(i * step) }));
}

export function BarChart(props: BarChartProps) {
  const { title, heightLabel, bandsLabel, series } = props;
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      {series.length > 1 && (
        <ul class="chart-legend" aria-hidden="true">
          {series.map(({ name }, i) => (
            <li key={name}>
              <i class={`chart-key bar${i}`} />
              {name}
            </li>
          ))}
        </ul>
      )}
      <p class="chart-axis" aria-hidden="true">
        {heightLabel}
      </p>
      <Plot {...props} />
      <p class="chart-axis chart-bands" aria-hidden="true">
        {bandsLabel}
      </p>
      <NumbersTable {...props} />
    </figure>
  );
}

/** Lengths along the bands are percentages, so the chart has any width and its words keep their size. */
function Plot({ bands, labelEvery = 1, series, ticks }: BarChartProps) {
  const top = Math.max(...ticks.map(({ at }) => at));
  const y = (value: number) => TOP + HEIGHT * (1 - value / top);
  const band = 100 / bands.length;
  const width = (band * SHARE) / series.length;
  return (
    <div class="chart-plot" aria-hidden="true">
      <div class="chart-ticks">
        {ticks.map(({ at, label }) => (
          <span key={at} style={{ "--y": `${y(at)}px` }}>
            {label}
          </span>
        ))}
      </div>
      <svg height={TOP + HEIGHT + BELOW} focusable="false">
        {ticks.map(({ at }) => (
          <line key={at} class={at === 0 ? "chart-base" : ""} x1="0" x2="100%" y1={y(at)} y2={y(at)} />
        ))}
        {series.flatMap(({ values }, i) =>
          values.map((value, place) =>
            value ? (
              <rect
                key={`${i} ${place}`}
                class={`bar${i}`}
                x={`${band * place + (band * (1 - SHARE)) / 2 + width * i}%`}
                y={y(value)}
                width={`${width * 0.94}%`}
                height={y(0) - y(value)}
              />
            ) : null,
          ),
        )}
        {bands.map((label, place) =>
          place % labelEvery === 0 ? (
            <text key={label} x={`${band * (place + 0.5)}%`} y={TOP + HEIGHT + 17}>
              {label}
            </text>
          ) : null,
        )}
      </svg>
    </div>
  );
}

function NumbersTable({ title, bandsLabel, bands, series, format, tableLabel }: BarChartProps) {
  return (
    <details class="chart-table">
      <summary>
        {tableLabel}
        <span class="visually-hidden">: {title}</span>
      </summary>
      {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a narrow window scrolls it by the keys */}
      <div class="table-scroller" role="region" aria-label={title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{bandsLabel}</th>
              {series.map(({ name }) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {bands.map((label, place) => (
              <tr key={label}>
                <th scope="row">{label}</th>
                {series.map(({ name, values }) => {
                  const value = values[place] ?? null;
                  return <td key={name}>{value === null ? "–" : format(value)}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
