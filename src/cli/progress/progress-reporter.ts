import type { EventSink, RunEvent } from "../../core/ports/event-sink.ts";
import type { CliStream } from "../cli-context.ts";
import { styleFor } from "../render/style.ts";
import { formatAmount, formatSeconds } from "../render/units.ts";
import { visibleText } from "../render/visible-text.ts";
import type { ProgressState } from "./progress-state.ts";
import { INITIAL_PROGRESS, nextProgress } from "./progress-state.ts";
import { progressBlock, progressLine, stageLine } from "./progress-text.ts";

export type ProgressOptions = {
  readonly verbose?: boolean;
  /** No progress, but warnings. */
  readonly quiet?: boolean;
  /** A terminal that cannot redraw lines (TERM=dumb) gets a log. */
  readonly dumb?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
};

/** Shows the progress of a run on stderr: redrawn in place on a terminal, as lines of a log otherwise. */
export type ProgressReporter = {
  readonly onEvent: EventSink;
  /** Prints a line for the user, in addition to the progress. */
  note(line: string): void;
  /** Removes what was drawn. Called once, before anything else is printed. */
  end(): void;
};

const REDRAW_MS = 100;
const LOG_MS = 5000;

export function createProgressReporter(stream: CliStream, options: ProgressOptions = {}): ProgressReporter {
  const now = options.now ?? Date.now;
  const display =
    stream.isTTY === true && options.dumb !== true ? terminalDisplay(stream, now) : logDisplay(stream, now);
  let state = INITIAL_PROGRESS;
  const shows = options.quiet !== true;
  const timer = shows ? setInterval(() => display.tick(state), display.interval).unref() : null;
  return {
    onEvent(event) {
      const before = state;
      state = nextProgress(before, event, now());
      const line = lineOf(event, before, state, {
        verbose: options.verbose === true,
        shows,
        stages: display.isLog && shows,
      });
      if (line !== null) display.line(visibleText(line));
    },
    note: (line) => display.line(visibleText(line)),
    end() {
      if (timer !== null) clearInterval(timer);
      display.clear();
    },
  };
}

function lineOf(
  event: RunEvent,
  before: ProgressState,
  state: ProgressState,
  { verbose, shows, stages }: { readonly verbose: boolean; readonly shows: boolean; readonly stages: boolean },
): string | null {
  switch (event.type) {
    case "warning":
      return `Warning: ${event.message}`;
    case "note":
      return shows ? event.message : null;
    case "retry": {
      const wait = formatSeconds(event.waitMs / 1000);
      return verbose ? `retry ${event.attempt} of shard ${event.shard} in ${wait}: ${event.reason}` : null;
    }
    case "model-ready":
      return verbose || stages ? `model ready after ${formatSeconds(event.seconds)}: ${event.detail}` : null;
    case "run-started":
      return stages ? `run ${event.runId} of ${event.job}` : null;
    case "stage-finished":
      return stages && event.stage !== "extract" ? stageLine(event.stage, event.seconds, state) : null;
    case "progress": {
      // Printed after the stage has ended, because only then are the rows counted.
      const { inputRows } = event.progress;
      return stages && inputRows !== null && before.progress.inputRows === null
        ? `extract: ${formatAmount(inputRows, "row")}`
        : null;
    }
    default:
      return null;
  }
}

type Display = {
  readonly isLog: boolean;
  readonly interval: number;
  tick(state: ProgressState): void;
  line(text: string): void;
  clear(): void;
};

function logDisplay(stream: CliStream, now: () => number): Display {
  const line = (text: string): void => {
    stream.write(`${new Date(now()).toISOString().slice(0, 19)}Z ${text}\n`);
  };
  return {
    isLog: true,
    interval: LOG_MS,
    tick: (state) => line(progressLine(state, now())),
    line,
    clear: () => undefined,
  };
}

function terminalDisplay(stream: CliStream, now: () => number): Display {
  const style = styleFor(stream);
  let drawn: readonly string[] = [];
  const erase = (): string => (drawn.length === 0 ? "" : `\r${"\u001b[1A".repeat(drawn.length)}\u001b[0J`);
  return {
    isLog: false,
    interval: REDRAW_MS,
    tick(state) {
      // The terminal would wrap a full line, and the count of lines would be wrong.
      const block = progressBlock(state, now(), Math.max(20, (stream.columns || 80) - 1), style);
      if (block.join("\n") === drawn.join("\n")) return;
      stream.write(erase() + block.map((line) => `${line}\n`).join(""));
      drawn = block;
    },
    line(text) {
      stream.write(`${erase()}${text}\n`);
      drawn = [];
    },
    clear() {
      stream.write(erase());
      drawn = [];
    },
  };
}
