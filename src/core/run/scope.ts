import { messageOf } from "../errors/scoreframe-error.ts";
import type { Clock } from "../ports/clock.ts";
import type { EventSink } from "../ports/event-sink.ts";

/**
 * What one run holds while it works. However the work ends, what it holds is given back in one order: the signal is aborted, the iterators
 * end, and then each release runs, the last registered first: a session is closed when none of its work goes on, and a lock outlives it.
 */
export type Scope = {
  /** Aborted when the caller stops the run, and when the work has failed. */
  readonly signal: AbortSignal;
  /** Registers an iterator whose work must have ended before anything is released. */
  iterate<T>(items: AsyncIterable<T>): AsyncIterable<T>;
  /** Registers a release of something that the scope holds. `name`: the subject of the warning if it fails: "The lock of the output". */
  onLeave(name: string, release: () => Promise<void>): void;
  /** Ends the work, because something else in the scope failed. The first reason counts. */
  fail(reason: unknown): void;
  /** Registers a function that may explain the error that ends the work. It is called before anything is released. */
  onFail(explain: (error: unknown) => Promise<unknown>): void;
};

export type ScopeOptions = { readonly signal: AbortSignal; readonly clock: Clock; readonly events: EventSink };

/** How long work that was aborted may take to end before what it uses is closed under it. */
const GRACE_MS = 15_000;

/** Runs `work` in a new scope. Throws the first error; what fails while the scope is left is a warning, because it would hide that error. */
export async function withScope<T>(options: ScopeOptions, work: (scope: Scope) => Promise<T>): Promise<T> {
  const { clock, events } = options;
  const stop = new AbortController();
  const iterators = new Set<AsyncIterator<unknown>>();
  const releases: { readonly name: string; readonly release: () => Promise<void> }[] = [];
  const explanations: ((error: unknown) => Promise<unknown>)[] = [];
  const warn = (message: string): void => events({ type: "warning", message });

  const scope: Scope = {
    signal: AbortSignal.any([options.signal, stop.signal]),
    iterate: (items) => ({
      [Symbol.asyncIterator]() {
        const iterator = items[Symbol.asyncIterator]();
        iterators.add(iterator);
        return iterator;
      },
    }),
    onLeave: (name, release) => void releases.push({ name, release }),
    fail: (reason) => stop.abort(reason),
    onFail: (explain) => void explanations.push(explain),
  };

  async function endIterators(): Promise<void> {
    const ending = [...iterators].map(async (iterator) => iterator.return?.());
    const all = Promise.allSettled(ending).then(() => "ended" as const);
    if ((await within(all, GRACE_MS, clock)) === "ended") return;
    warn(`The backend was stopped and still works after ${GRACE_MS / 1000} s. Its session is closed nevertheless.`);
  }

  async function release(): Promise<void> {
    for (const { name, release } of releases.reverse()) {
      await release().catch((thrown: unknown) => warn(`${name} could not be released. ${messageOf(thrown)}`));
    }
  }

  let result: T;
  try {
    result = await work(scope);
  } catch (thrown) {
    stop.abort(thrown);
    await endIterators();
    // What failed first: the errors of what it stopped say less.
    let error: unknown = stop.signal.reason;
    for (const explain of explanations) error = await explain(error);
    await release();
    throw error;
  }
  await endIterators();
  await release();
  return result;
}

/** The result of `work`, or "late" after `milliseconds`. */
async function within<T>(work: Promise<T>, milliseconds: number, clock: Clock): Promise<T | "late"> {
  const waiting = new AbortController();
  const late = clock.sleep(milliseconds, waiting.signal).then(
    () => "late" as const,
    () => "late" as const,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    waiting.abort();
  }
}
