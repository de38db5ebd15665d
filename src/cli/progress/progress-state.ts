import type { RunEvent, RunProgress, Stage } from "../../core/ports/event-sink.ts";

/** The state of the progress display, from the events so far. Times are milliseconds since the epoch. */
export type ProgressState = {
  readonly phase: Phase;
  readonly progress: RunProgress;
  readonly retries: number;
  /** The server that is away, and since when the run waits for it. */
  readonly waiting: { readonly place: string; readonly since: number; readonly limitSeconds: number } | null;
  /** The number of rows that had passed the present phase, at moments of the last seconds, the oldest first. */
  readonly samples: readonly Sample[];
};

/** Stages overlap, so the phase is the one in which most rows wait. */
export type Phase = "starting" | "reading" | "scoring" | "stitching" | "publishing";

type Sample = { readonly at: number; readonly rows: number };

/** Long enough to be steady between two answers of a slow model, short enough to follow a change of speed. */
const WINDOW_MS = 15_000;

const NOTHING: RunProgress = {
  inputRows: null,
  shardedRows: 0,
  scoredRows: 0,
  stitchedRows: 0,
  publishedRows: 0,
  shards: 0,
  requestBytes: 0,
  retries: 0,
};

export const INITIAL_PROGRESS: ProgressState = {
  phase: "starting",
  progress: NOTHING,
  retries: 0,
  waiting: null,
  samples: [],
};

export function nextProgress(state: ProgressState, event: RunEvent, now: number): ProgressState {
  switch (event.type) {
    case "stage-started":
      return moved({ ...state, phase: phaseAt(event.stage, state) }, state, now);
    case "waiting": {
      const { waitingFor: place, limitSeconds } = event;
      return { ...state, waiting: place === null ? null : { place, since: now, limitSeconds } };
    }
    case "retry":
      return { ...state, retries: state.retries + 1 };
    case "progress": {
      const { progress } = event;
      const retries = Math.max(state.retries, progress.retries);
      return moved({ ...state, progress, retries, phase: phaseOf(progress, state.phase) }, state, now);
    }
    default:
      return state;
  }
}

/** The number of rows that have passed the present phase. */
export function rowsDone({ phase, progress }: Pick<ProgressState, "phase" | "progress">): number {
  if (phase === "publishing") return progress.publishedRows;
  return phase === "stitching" ? progress.stitchedRows : progress.scoredRows;
}

/** Rows per second through the present phase over the last seconds; null until it is known. */
export function rowsPerSecond({ samples, phase, progress }: ProgressState, now: number): number | null {
  const first = samples[0];
  if (first === undefined) return null;
  const rows = rowsDone({ phase, progress }) - first.rows;
  const seconds = (now - first.at) / 1000;
  return rows > 0 && seconds >= 0.5 ? rows / seconds : null;
}

function phaseAt(stage: Stage, state: ProgressState): Phase {
  if (stage === "extract") return "reading";
  if (stage === "publish") return "publishing";
  return state.phase;
}

function phaseOf({ inputRows, scoredRows }: RunProgress, current: Phase): Phase {
  if (current === "publishing" || inputRows === null) return current;
  return scoredRows < inputRows ? "scoring" : "stitching";
}

/** Keeps the samples of a phase, and starts over with the next one. */
function moved(next: ProgressState, before: ProgressState, now: number): ProgressState {
  const sample = { at: now, rows: rowsDone(next) };
  if (next.phase !== before.phase) return { ...next, samples: [sample] };
  const last = next.samples.at(-1);
  // There are thousands of events per second; a few samples per second are enough.
  if (last !== undefined && now - last.at < 250) return next;
  const recent = next.samples.filter(({ at }, index) => now - at <= WINDOW_MS || index === next.samples.length - 1);
  return { ...next, samples: [...recent, sample] };
}
