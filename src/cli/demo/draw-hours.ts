import type { FlightsInHour } from "../../demo/flights-by-hour.ts";
import type { Style } from "../render/style.ts";
import { formatCount } from "../render/units.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const HEIGHTS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const WIDEST_BAR = 32;

/** A column of the picture, and from which width on it is shown. */
type Field = { readonly title: string; readonly from: number; readonly text: (hour: FlightsInHour) => string };

/** One line per hour: how many flights, how late they were predicted to be, and how their predictions are spread. No line exceeds `width`. */
export function drawHours(hours: readonly FlightsInHour[], width: number, style: Style): string {
  const counts = Math.max("flights".length, ...hours.map(({ flights }) => formatCount(flights).length));
  const left = shown(width, [
    { title: "hour", from: 0, text: ({ hour }) => String(hour).padStart(2, "0").padStart(4) },
    { title: "flights".padStart(counts), from: 60, text: ({ flights }) => formatCount(flights).padStart(counts) },
  ]);
  const right = shown(width, [
    { title: "predicted", from: 0, text: ({ predicted }) => percent(predicted).padStart(9) },
    { title: "happened", from: 45, text: ({ happened }) => percent(happened).padStart(8) },
    { title: "0%–100%   ", from: 70, text: ({ histogram }) => sparkline(histogram) },
  ]);
  const taken = [...left, ...right].reduce((sum, { title }) => sum + title.length + 2, 0);
  const room = Math.max(1, Math.min(WIDEST_BAR, width - taken));
  const most = Math.max(Number.MIN_VALUE, ...hours.map(({ predicted }) => predicted));
  const titles = [
    ...left.map(({ title }) => title),
    "late".slice(0, room).padEnd(room),
    ...right.map(({ title }) => title),
  ];
  const lines = hours.map((hour) =>
    [
      ...left.map(({ text }) => text(hour)),
      style("cyan", bar(hour.predicted / most, room).padEnd(room)),
      ...right.map(({ text }) => text(hour)),
    ].join("  "),
  );
  return [style("dim", titles.join("  ").trimEnd()), ...lines.map((line) => line.trimEnd())]
    .map((line) => `${line}\n`)
    .join("");
}

function shown(width: number, fields: readonly Field[]): Field[] {
  return fields.filter(({ from }) => width >= from);
}

/** A bar of `share` of `room` characters, exact to an eighth of one. */
export function bar(share: number, room: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * room * 8);
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}

/** One character per step, as high as its share of the highest; blank for zero. */
export function sparkline(counts: readonly number[]): string {
  const most = Math.max(1, ...counts);
  return counts
    .map((count) => (count === 0 ? " " : (HEIGHTS[Math.ceil((count / most) * HEIGHTS.length) - 1] ?? " ")))
    .join("");
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
