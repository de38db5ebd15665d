import type { RowFault } from "./row-fault.ts";

/** What came of sending some of the rows: the text of each one's prediction, or why there is none. */
export type PartOutcome = { readonly predictions: readonly Buffer[] } | { readonly fault: RowFault };

export type IsolatedRow = Buffer | RowFault;

/** Requests that up to eight bad rows, scattered, need at most. */
const BAD_ROWS_WORTH_FINDING = 8;

/**
 * The most extra requests that one failed request of `rows` rows may cost; up to 40 rows every bad row is found. `patience`: after so many from
 * each end without a single good answer the model is taken for dead.
 */
function isolationBudget(rows: number): { readonly requests: number; readonly patience: number } {
  const depth = Math.ceil(Math.log2(Math.max(2, rows)));
  return { requests: 2 * depth * BAD_ROWS_WORTH_FINDING, patience: 2 * depth + 2 };
}

type Part = { readonly from: number; readonly to: number; readonly fault: RowFault };

/**
 * Finds the bad rows of a failed request by sending parts of it. Until a part is good: smaller and smaller ones from the left end, then from the
 * right end, since bad rows often stand together. From then on the largest part that is left, which settles most rows by one request. When the
 * budget is spent, rows that are not yet known to be good keep the fault of the smallest part that they failed in. Throws nothing but what
 * `sendPart` throws.
 */
export async function isolateRows(
  rows: readonly Buffer[],
  fault: RowFault,
  sendPart: (rows: readonly Buffer[]) => Promise<PartOutcome>,
): Promise<IsolatedRow[]> {
  const results: IsolatedRow[] = rows.map(() => fault);
  const budget = isolationBudget(rows.length);
  let requests = 0;
  let foundGood = false;
  // In the order of the rows.
  const open = halves({ from: 0, to: rows.length, fault });
  while (open.length > 0 && requests < budget.requests && (foundGood || requests < 2 * budget.patience)) {
    const at = foundGood ? largest(open) : requests < budget.patience ? 0 : open.length - 1;
    const [part] = open.splice(at, 1);
    if (part === undefined) break;
    requests += 1;
    const outcome = await sendPart(rows.slice(part.from, part.to));
    if ("predictions" in outcome) {
      foundGood = true;
      for (const [i, prediction] of outcome.predictions.entries()) results[part.from + i] = prediction;
    } else if (part.to - part.from === 1 || !outcome.fault.isolable) {
      results.fill(joined(fault, part, outcome.fault), part.from, part.to);
    } else {
      open.splice(at, 0, ...halves({ ...part, fault: joined(fault, part, outcome.fault) }));
    }
  }
  for (const part of open) results.fill(abandoned(part.fault, requests), part.from, part.to);
  return results;
}

function largest(parts: readonly Part[]): number {
  const sizes = parts.map((part) => part.to - part.from);
  return sizes.indexOf(Math.max(...sizes));
}

function halves(part: Part): Part[] {
  const middle = part.from + Math.ceil((part.to - part.from) / 2);
  return [
    { ...part, to: middle },
    { ...part, from: middle },
  ];
}

/**
 * What is told of a part that failed. Its attempts are all in which its rows were sent. Of a wrong count the first one is told, because "none for
 * one row" does not show what the model does.
 */
function joined(first: RowFault, part: Part, failed: RowFault): RowFault {
  const attempts = part.fault.attempts + failed.attempts;
  if (first.count === undefined || failed.count === undefined) return { ...failed, attempts };
  const alone = part.to - part.from === 1 ? ` Sent alone, this row got ${failed.count}.` : "";
  return { ...failed, attempts, message: first.message + alone };
}

function abandoned(fault: RowFault, requests: number): RowFault {
  const note = `The bad rows among those sent together were not told apart: given up after ${requests} smaller requests.`;
  return { ...fault, message: `${fault.message} ${note}` };
}
