import { setTimeout as sleep } from "node:timers/promises";
import type { RequestShard } from "../../core/ports/scoring-backend.ts";
import type { ConformanceCase } from "../conformance-case.ts";
import { demand } from "../conformance-error.ts";
import { numberedRows } from "../conformance-rows.ts";
import type { Trial } from "../trial.ts";

/** The contract says one second; a busy machine gets more. */
const PATIENCE_MS = 5000;
/** Enough to abort in the middle of them, and to show a backend that takes too many. */
const SOME_SHARDS = 20;
const MANY_SHARDS = 500;
const MOST_SHARDS_TAKEN = 100;

type Stopped = { readonly taken: number; readonly outcome: "threw" | "ended" | "went on" };

/** Scores one-line shards with a model that never answers, and aborts when no more of them are taken. */
async function scoreAndAbort(trial: Trial, offeredShards: number): Promise<Stopped> {
  const controller = new AbortController();
  let taken = 0;
  async function* offered(): AsyncGenerator<RequestShard> {
    for (; taken < offeredShards; taken += 1) yield trial.writeShard(taken, [numberedRows(2, taken * 2)]);
  }
  const scoring = drain(trial.session.score(offered(), controller.signal));
  await untilStill(() => taken);
  controller.abort(new Error("cancelled by the conformance suite"));
  const patience = new AbortController();
  const tooLong = sleep(PATIENCE_MS, "went on" as const, { signal: patience.signal }).catch(() => "went on" as const);
  const outcome = await Promise.race([scoring, tooLong]);
  patience.abort();
  return { taken, outcome };
}

async function drain(responses: AsyncIterable<unknown>): Promise<"threw" | "ended"> {
  try {
    for await (const _ of responses);
    return "ended";
  } catch {
    return "threw";
  }
}

/** Resolves when a count that has begun to grow no longer does. */
async function untilStill(count: () => number): Promise<void> {
  for (let before = -1; before < 0 || before !== count(); ) {
    before = count();
    await sleep(250);
  }
}

export const cancelCases: readonly ConformanceCase[] = [
  {
    name: "stops soon when it is cancelled, and leaves no file",
    requires: (capabilities) => capabilities.cancel,
    script: { hangs: true },
    async run(trial) {
      const { outcome } = await scoreAndAbort(trial, SOME_SHARDS);
      demand(outcome === "threw", "NOT_CANCELLED", `after the signal had aborted, scoring ${outcome}`);
      const files = await trial.responseFiles();
      demand(files.length === 0, "FILES_LEFT", `nothing was answered, and there are ${files.join(", ")}`);
    },
  },
  {
    name: "takes no more shards than it works on",
    requires: (capabilities) => capabilities.cancel && capabilities.failureUnit === "line",
    script: { hangs: true },
    async run(trial) {
      const { taken } = await scoreAndAbort(trial, MANY_SHARDS);
      demand(taken <= MOST_SHARDS_TAKEN, "SHARDS_HOARDED", `no shard was answered, and ${taken} were taken`);
    },
  },
];
