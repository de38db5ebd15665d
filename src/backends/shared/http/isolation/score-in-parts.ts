import type { Rejections } from "../status/rejections.ts";
import { REJECTIONS_THAT_DECIDE } from "../status/rejections.ts";
import type { IsolatedRow, PartOutcome } from "./isolate-rows.ts";
import { halves, isolateRows } from "./isolate-rows.ts";
import type { RequestSize } from "./request-size.ts";
import type { RowFault } from "./row-fault.ts";

export type PartTools = {
  readonly sendPart: (rows: readonly Buffer[]) => Promise<PartOutcome>;
  readonly size: RequestSize;
  readonly rejections: Rejections;
  /** Bytes of a request other than its rows. */
  readonly around: number;
  readonly isAlive: () => boolean;
  readonly isWorthIsolating: (fault: RowFault, rows: number) => boolean;
  /** No row of a request passed. */
  readonly onBarren: () => void;
};

/** Rows that are to be sent, or were sent with this outcome, and the number of attempts before. */
type Task = { readonly from: number; readonly to: number; readonly attempts: number; readonly outcome?: PartOutcome };

/**
 * Scores the rows of a request in smaller ones: in the size that the server takes, in halves if it rejects that for its size, and so that bad rows
 * fail alone. `fault`: of the request with all rows; null if it was not sent.
 */
export async function scoreInParts(
  rows: readonly Buffer[],
  fault: RowFault | null,
  tools: PartTools,
): Promise<IsolatedRow[]> {
  const { sendPart, size, around, isAlive } = tools;
  const results: IsolatedRow[] = [];
  const whole: Task = { from: 0, to: rows.length, attempts: 0 };
  const todo: Task[] = [fault === null ? whole : { ...whole, outcome: { fault } }];
  const fits = (part: readonly Buffer[]): boolean =>
    part.length <= 1 ||
    size.fits(
      () => part.length,
      part.reduce((sum, row) => sum + row.length + 1, around),
    );

  for (let task = todo.shift(); task !== undefined; task = todo.shift()) {
    const { from, to, attempts } = task;
    const part = rows.slice(from, to);
    if (task.outcome === undefined && !fits(part)) {
      todo.unshift(...cut(task, size.cut(part, around)));
      continue;
    }
    const outcome = task.outcome ?? (await sendPart(part));
    if ("predictions" in outcome) {
      put(results, from, outcome.predictions);
      continue;
    }
    const failed = { ...outcome.fault, attempts: outcome.fault.attempts + attempts };
    if (failed.size === "too large" && part.length > 1) {
      todo.unshift(...halves({ from, to, attempts: failed.attempts }));
    } else if (part.length > 1 && tools.isWorthIsolating(failed, part.length)) {
      const alone = await sendSomeAlone(part, failed, tools);
      const isolation = await isolateRows(part, failed, { sendPart, alone, size, fits, isAlive });
      put(results, from, isolation.results);
      if (!isolation.results.some(Buffer.isBuffer)) tools.onBarren();
      const left = isolation.left.map((open) => ({
        from: from + open.from,
        to: from + open.to,
        attempts: open.fault.attempts,
      }));
      todo.unshift(...left);
    } else {
      if (failed.ends !== undefined) tools.rejections.add(failed.ends);
      put(
        results,
        from,
        part.map(() => failed),
      );
    }
  }
  return results;
}

/**
 * A rejection may concern the rows or the job. Before many requests are sent to find bad rows, some rows from all over the request are sent alone.
 * Throws if each of them is rejected, and the server has never answered.
 */
async function sendSomeAlone(
  rows: readonly Buffer[],
  fault: RowFault,
  { sendPart, rejections, isAlive }: PartTools,
): Promise<Map<number, PartOutcome>> {
  const alone = new Map<number, PartOutcome>();
  if (fault.ends === undefined) return alone;
  for (const index of spread(rows.length)) {
    if (isAlive()) break;
    const outcome = await sendPart(rows.slice(index, index + 1));
    alone.set(index, outcome);
    if ("fault" in outcome && outcome.fault.ends !== undefined) rejections.add(outcome.fault.ends);
  }
  return alone;
}

/** Indexes from the first to the last of `rows`, evenly spread. */
function spread(rows: number): Set<number> {
  const steps = Math.min(rows, REJECTIONS_THAT_DECIDE) - 1;
  return new Set(Array.from({ length: steps + 1 }, (_, step) => Math.round((step * (rows - 1)) / Math.max(1, steps))));
}

function cut({ from, attempts }: Task, sizes: readonly number[]): Task[] {
  let next = from;
  return sizes.map((rows) => {
    const begin = next;
    next += rows;
    return { from: begin, to: next, attempts };
  });
}

function put(results: IsolatedRow[], from: number, found: readonly IsolatedRow[]): void {
  for (const [i, each] of found.entries()) results[from + i] = each;
}
