import type { RowFault } from "./row-fault.ts";

/** What came of sending some of the rows: the text of each one's prediction, or why there is none. */
export type PartOutcome = { readonly predictions: readonly Buffer[] } | { readonly fault: RowFault };

export type IsolatedRow = Buffer | RowFault;

/** Requests that up to eight bad rows, scattered, need at most. */
const BAD_ROWS_WORTH_FINDING = 8;

/**
 * The most extra requests that one failed request of `rows` rows may cost; with fewer than about 40 rows every bad row is found.
 * `patience`: after so many without a single good answer the model is taken for dead.
 */
export function isolationBudget(rows: number): { readonly requests: number; readonly patience: number } {
  const depth = Math.ceil(Math.log2(Math.max(2, rows)));
  return { requests: 2 * depth * BAD_ROWS_WORTH_FINDING, patience: 2 * depth + 2 };
}

type Part = { readonly from: number; readonly to: number; readonly fault: RowFault };

/**
 * Finds the bad rows of a failed request by sending halves, depth first, left before right. When the budget is spent, rows that are not yet
 * known to be good keep the fault of the smallest part that they failed in. Never throws but what `sendPart` throws.
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
  const open = halves({ from: 0, to: rows.length, fault });
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (requests >= budget.requests || (!foundGood && requests >= budget.patience)) {
      results.fill(abandoned(part.fault, requests), part.from, part.to);
      continue;
    }
    requests += 1;
    const outcome = await sendPart(rows.slice(part.from, part.to));
    if ("predictions" in outcome) {
      foundGood = true;
      for (const [i, prediction] of outcome.predictions.entries()) results[part.from + i] = prediction;
    } else if (part.to - part.from === 1 || !outcome.fault.isolable) {
      results.fill(outcome.fault, part.from, part.to);
    } else {
      open.push(...halves({ ...part, fault: outcome.fault }));
    }
  }
  return results;
}

/** The right half first: the last one is taken first. */
function halves(part: Part): Part[] {
  const middle = part.from + Math.ceil((part.to - part.from) / 2);
  return [
    { ...part, from: middle },
    { ...part, to: middle },
  ];
}

function abandoned(fault: RowFault, requests: number): RowFault {
  const note = `The bad rows among those sent together were not told apart: given up after ${requests} smaller requests.`;
  return { ...fault, message: `${fault.message} ${note}` };
}
