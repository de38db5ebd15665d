import type { RequestSize } from "./request-size.ts";
import type { RowFault } from "./row-fault.ts";

/** The result of sending some of the rows: the text of each one's prediction, or why there is none. */
export type PartOutcome = { readonly predictions: readonly Buffer[] } | { readonly fault: RowFault };

export type IsolatedRow = Buffer | RowFault;

/** Some of the rows of a request, which have been sent in `attempts` requests so far. */
export type Part = { readonly from: number; readonly to: number; readonly fault: RowFault };

export type Isolation = {
  readonly results: IsolatedRow[];
  /** Rows without a result, because the server turned out to take only smaller requests. */
  readonly left: readonly Part[];
};

/** The most requests that up to eight scattered bad rows need. */
const BAD_ROWS_WORTH_FINDING = 8;

/**
 * The most extra requests that one failed request of `rows` rows may cost; up to 40 rows every bad row is found. `patience`: the number of requests
 * from each end without a good answer after which the model counts as dead.
 */
function isolationBudget(rows: number): { readonly requests: number; readonly patience: number } {
  const depth = Math.ceil(Math.log2(Math.max(2, rows)));
  return { requests: 2 * depth * BAD_ROWS_WORTH_FINDING, patience: 2 * depth + 2 };
}

export type IsolationTools = {
  readonly sendPart: (rows: readonly Buffer[]) => Promise<PartOutcome>;
  /** Rows that have been sent alone, by their index. */
  readonly alone: ReadonlyMap<number, PartOutcome>;
  readonly size: Pick<RequestSize, "passedInParts" | "maySuspect">;
  /** Whether the server takes a request of these rows, as far as is known. */
  readonly fits: (rows: readonly Buffer[]) => boolean;
  /** Whether the server has answered any request so far. If not, it may be starting, and the size is not at fault. */
  readonly isAlive: () => boolean;
};

/**
 * Finds the bad rows of a failed request by sending parts of it. Until a part is good: smaller and smaller ones from the left end, then from the
 * right end, because bad rows are often neighbours. From then on the largest remaining part, which settles the most rows per request; but as long
 * as no part was good that is as large as one that failed, the next part in order, which shows whether it is the size of requests that fails. When
 * the budget is spent, rows that are not yet known to be good keep the fault of the smallest part that they failed in. Throws only what
 * `sendPart` throws.
 */
export async function isolateRows(
  rows: readonly Buffer[],
  fault: RowFault,
  { sendPart, alone, size, fits, isAlive }: IsolationTools,
): Promise<Isolation> {
  const results: IsolatedRow[] = rows.map(() => fault);
  const budget = isolationBudget(rows.length);
  let requests = 0;
  let foundGood = false;
  let at = 0;
  /** Parts that failed although the server was alive, and of which no row has failed alone yet. */
  let failed: Part[] = isAlive() ? [{ from: 0, to: rows.length, fault }] : [];
  // In the order of the rows.
  const open = openParts(rows.length, fault, alone);
  for (const [index, outcome] of alone) settle({ from: index, to: index + 1, fault }, outcome);

  function settle(part: Part, outcome: PartOutcome): void {
    if ("predictions" in outcome) {
      foundGood = true;
      for (const [i, prediction] of outcome.predictions.entries()) results[part.from + i] = prediction;
      failed = failed.filter(({ from, to, fault: { message } }) => {
        const hasPassed = results.slice(from, to).every(Buffer.isBuffer);
        if (hasPassed) size.passedInParts(to - from, message);
        return !hasPassed;
      });
    } else {
      results.fill(joined(fault, part, outcome.fault), part.from, part.to);
      failed = failed.filter(({ from, to }) => part.from < from || part.to > to);
    }
  }

  function next(): number {
    if (!foundGood) return requests < budget.patience ? 0 : open.length - 1;
    const smallest = Math.min(...failed.map(({ from, to }) => to - from));
    return failed.length > 0 && size.maySuspect(smallest) ? Math.min(at, open.length - 1) : largest(open);
  }

  while (open.length > 0 && requests < budget.requests && (foundGood || requests < 2 * budget.patience)) {
    at = next();
    const part = open[at];
    if (part === undefined) break;
    const sent = rows.slice(part.from, part.to);
    if (!fits(sent)) return { results, left: open };
    open.splice(at, 1);
    requests += 1;
    const wasAlive = isAlive();
    const outcome = await sendPart(sent);
    if ("predictions" in outcome || part.to - part.from === 1 || !outcome.fault.isolable) settle(part, outcome);
    else {
      const failedPart = { ...part, fault: joined(fault, part, outcome.fault) };
      if (wasAlive) failed.push(failedPart);
      open.splice(at, 0, ...halves(failedPart));
    }
  }
  for (const part of open) results.fill(abandoned(part.fault, requests), part.from, part.to);
  return { results, left: [] };
}

/** Halves of the rows; or, if some have been sent alone, what is between them. */
function openParts(rows: number, fault: RowFault, alone: ReadonlyMap<number, PartOutcome>): Part[] {
  if (alone.size === 0) return halves({ from: 0, to: rows, fault });
  const known = [-1, ...Array.from(alone.keys()).sort((a, b) => a - b), rows];
  return known
    .slice(1)
    .map((to, i) => ({ from: (known[i] ?? 0) + 1, to, fault }))
    .filter(({ from, to }) => from < to);
}

function largest(parts: readonly Part[]): number {
  const sizes = parts.map((part) => part.to - part.from);
  return sizes.indexOf(Math.max(...sizes));
}

export function halves<Range extends { readonly from: number; readonly to: number }>(part: Range): Range[] {
  const middle = part.from + Math.ceil((part.to - part.from) / 2);
  return [
    { ...part, to: middle },
    { ...part, from: middle },
  ];
}

/**
 * What is reported of a part that failed. Its attempts are all requests with its rows. Of wrong counts the first is reported, because "none for
 * one row" does not show what the model does.
 */
function joined(first: RowFault, part: Part, failed: RowFault): RowFault {
  const attempts = part.fault.attempts + failed.attempts;
  if (first.count === undefined || failed.count === undefined) return { ...failed, attempts };
  const alone = part.to - part.from === 1 ? ` Sent alone, this row got ${failed.count}.` : "";
  return { ...failed, attempts, message: first.message + alone };
}

function abandoned(fault: RowFault, requests: number): RowFault {
  const note = `The bad rows among those sent together were not found: given up after ${requests} smaller requests.`;
  return { ...fault, message: `${fault.message} ${note}` };
}
