import type { Stage } from "../../core/ports/event-sink.ts";
import type { Style } from "../render/style.ts";
import { formatAmount, formatBytes, formatCount, formatSeconds, formatWholeSeconds } from "../render/units.ts";
import type { ProgressState } from "./progress-state.ts";
import { rowsDone, rowsPerSecond } from "./progress-state.ts";

const BAR_WIDTH = 24;
const PHASE_WIDTH = "publishing".length;

/** The block that a terminal shows: one or two lines, none longer than `width`. */
export function progressBlock(state: ProgressState, now: number, width: number, style: Style): readonly string[] {
  const { inputRows } = state.progress;
  if (inputRows === null)
    return [...waitingFact(state, now), beginning(state)].slice(0, 1).map((line) => cut(line, width));
  const done = rowsDone(state);
  const share = inputRows === 0 ? 1 : done / inputRows;
  const head = `${state.phase.padEnd(PHASE_WIDTH)} ${percent(share).padStart(4)}`;
  const rows = `${formatCount(done)} of ${formatAmount(inputRows, "row")}`;
  const details = [" ".repeat(PHASE_WIDTH + 6) + facts(state, now).join(" · ")].filter((line) => line.trim() !== "");
  const [bar, space] = [drawBar(share, style), " ".repeat(2)];
  const withBar = head.length + BAR_WIDTH + rows.length + 2 * space.length <= width;
  const first = withBar ? head + space + bar + space + rows : cut(head + space + rows, width);
  return [first, ...details.map((line) => style("dim", cut(line, width)))];
}

/** The same as one line of a log. */
export function progressLine(state: ProgressState, now: number): string {
  const { inputRows } = state.progress;
  if (inputRows === null) return [beginning(state), ...waitingFact(state, now)].join(", ");
  const done = rowsDone(state);
  const share = inputRows === 0 ? 1 : done / inputRows;
  const rows = `${formatCount(done)} of ${formatAmount(inputRows, "row")} (${percent(share)})`;
  return `${state.phase}: ${[rows, ...facts(state, now)].join(", ")}`;
}

/** A line for a stage that has ended. */
export function stageLine(
  stage: Exclude<Stage, "extract">,
  seconds: number,
  { progress }: Pick<ProgressState, "progress">,
): string {
  const { shards, requestBytes, scoredRows, stitchedRows, publishedRows } = progress;
  const done: Readonly<Record<typeof stage, string>> = {
    shard: `${formatAmount(shards, "shard")}, ${formatBytes(requestBytes)}`,
    score: formatAmount(scoredRows, "row"),
    stitch: formatAmount(stitchedRows, "row"),
    publish: formatAmount(publishedRows, "row"),
  };
  return `${stage}: ${done[stage]} after ${formatSeconds(seconds)}`;
}

function beginning({ phase }: ProgressState): string {
  return phase === "reading" ? "reading the source" : "starting";
}

function waitingFact({ waiting }: ProgressState, now: number): string[] {
  if (waiting === null) return [];
  const seconds = Math.round((now - waiting.since) / 1000);
  return [`waiting for ${waiting.place} (${seconds} s of ${Math.round(waiting.limitSeconds)} s)`];
}

function facts(state: ProgressState, now: number): string[] {
  const rate = rowsPerSecond(state, now);
  const left = rate === null ? null : ((state.progress.inputRows ?? 0) - rowsDone(state)) / rate;
  return [
    ...waitingFact(state, now),
    rate === null ? null : `${formatCount(rate)} rows/s`,
    state.progress.requestBytes === 0 ? null : `${formatBytes(state.progress.requestBytes)} of requests`,
    left === null || left < 0.5 ? null : `${formatWholeSeconds(left)} left`,
    state.retries === 0 ? null : formatAmount(state.retries, "retry", "retries"),
  ].filter((fact) => fact !== null);
}

/** Rounded down, so that 100 % means all rows. */
function percent(share: number): string {
  return `${Math.floor(Math.min(1, share) * 100)}%`;
}

function drawBar(share: number, style: Style): string {
  const full = Math.floor(Math.min(1, share) * BAR_WIDTH);
  return style("green", "█".repeat(full)) + style("dim", "░".repeat(BAR_WIDTH - full));
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
