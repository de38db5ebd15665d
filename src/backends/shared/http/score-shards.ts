import { readFile } from "node:fs/promises";
import type { ShardResponse } from "../../../core/domain/shard-response.ts";
import { storageError } from "../../../core/errors/storage-error.ts";
import type { RequestShard } from "../../../core/ports/scoring-backend.ts";
import type { Protocol } from "../../../core/protocols/protocol.ts";
import type { ResponseShare } from "./flow/held-bytes.ts";
import { createHeldBytes } from "./flow/held-bytes.ts";
import { createWaitList } from "./flow/wait-list.ts";
import type { RequestUnit } from "./isolation/request-units.ts";
import { requestUnits } from "./isolation/request-units.ts";
import type { RequestScorer } from "./request-scorer.ts";
import type { ResponseFile } from "./responses/response-file.ts";
import { createResponseFile } from "./responses/response-file.ts";

export type ScoreShardsOptions = {
  readonly protocol: Protocol;
  readonly batchSize: number;
  readonly maxRequestBytes: number;
  readonly concurrency: number;
  /** Bytes of responses from which on no further request is sent. */
  readonly maxHeldBytes: number;
  readonly scorer: RequestScorer;
  /** Called with the number of a shard's rows that have been answered so far. */
  readonly answered: (shard: number, rows: number) => void;
};

/** Bytes of request files held at once, unless a single one is larger; two files are always allowed, so that the pipe never idles. */
const WINDOW_BYTES = 16_000_000;

type OpenShard = {
  readonly shard: RequestShard;
  readonly file: ResponseFile;
  retries: number;
  unanswered: number;
  answeredLines: number;
};

/**
 * Keeps `concurrency` requests in flight over all shards: the next shard is taken when the last request of the one before has been sent, not
 * answered. Yields a shard when its response file is complete. When it ends early, for any reason, nothing is in flight and no partial file is left.
 */
export async function* scoreShards(
  shards: AsyncIterable<RequestShard>,
  signal: AbortSignal,
  options: ScoreShardsOptions,
): AsyncGenerator<ShardResponse> {
  const stop = new AbortController();
  const stopping = AbortSignal.any([signal, stop.signal]);
  const source = shards[Symbol.asyncIterator]();
  const changed = createWaitList(stopping);
  const held = createHeldBytes(options.maxHeldBytes, changed);
  const open = new Map<number, OpenShard>();
  const inFlight = new Set<Promise<void>>();
  const finished: ShardResponse[] = [];
  let openBytes = 0;

  async function finish(work: OpenShard): Promise<void> {
    const written = await work.file.finish().catch(storageFailed(work.shard, "write", work.shard.responsePath));
    open.delete(work.shard.shard);
    openBytes -= work.shard.bytes;
    finished.push({ shard: work.shard.shard, retries: work.retries, written });
    changed.notify();
  }

  async function answer(work: OpenShard, unit: RequestUnit, share: ResponseShare): Promise<void> {
    const scored = await options.scorer.score(unit, share, stopping);
    work.file.put(unit.index, scored.lines, share);
    work.retries += scored.retries;
    work.unanswered -= 1;
    work.answeredLines += unit.lines;
    const { shard, rows, lines } = work.shard;
    // An estimate: lines hold about the same number of rows. It is exact once all are answered.
    options.answered(shard, Math.floor((rows * work.answeredLines) / lines));
  }

  /** Never rejects: the first failure stops all other work. */
  function track(task: Promise<void>): void {
    const tracked = task
      .catch((error: unknown) => stop.abort(error))
      .finally(() => {
        inFlight.delete(tracked);
        changed.notify();
      });
    inFlight.add(tracked);
  }

  async function dispatch(shard: RequestShard): Promise<void> {
    openBytes += shard.bytes;
    const bytes = await readFile(shard.requestPath).catch(storageFailed(shard, "read", shard.requestPath));
    const file = await createResponseFile(shard.responsePath).catch(storageFailed(shard, "write", shard.responsePath));
    const work = { shard, file, retries: 0, unanswered: 1, answeredLines: 0 };
    open.set(shard.shard, work);
    for (const unit of requestUnits(shard, bytes, options.protocol, { ...options, ...limitsOf(shard) })) {
      await changed.until(() => inFlight.size < options.concurrency && held.hasRoom());
      work.unanswered += 1;
      track(answer(work, unit, held.open()).then(() => (work.unanswered === 0 ? finish(work) : undefined)));
    }
    work.unanswered -= 1;
    if (work.unanswered === 0) await finish(work);
  }

  async function feed(): Promise<void> {
    for (;;) {
      await changed.until(() => inFlight.size < options.concurrency && (open.size < 2 || openBytes < WINDOW_BYTES));
      const next = await changed.orStopped(source.next());
      if (next.done === true) return;
      await dispatch(next.value);
    }
  }

  let fed = false;
  const feeding = feed()
    .catch((error: unknown) => stop.abort(error))
    .finally(() => {
      fed = true;
      changed.notify();
    });
  try {
    for (;;) {
      // Until a request is answered, it is unknown whether the rows are at fault or the whole job.
      const undecided = options.scorer.undecided();
      if (undecided === null) for (let done = finished.shift(); done !== undefined; done = finished.shift()) yield done;
      stopping.throwIfAborted();
      const isOver = fed && inFlight.size === 0;
      if (isOver && undecided !== null) throw undecided;
      if (isOver && finished.length === 0) return;
      await changed.until(
        () => (finished.length > 0 && options.scorer.undecided() === null) || (fed && inFlight.size === 0),
      );
    }
  } finally {
    stop.abort();
    await feeding;
    await Promise.all(inFlight);
    await Promise.all(Array.from(open.values(), (work) => work.file.discard()));
    // Not awaited: a generator that still waits for its next shard would answer only after it.
    if (!fed || open.size > 0) source.return?.().catch(() => undefined);
  }
}

function limitsOf({ batchSize }: RequestShard): { readonly batchSize?: number } {
  return batchSize === undefined ? {} : { batchSize };
}

function storageFailed({ shard }: RequestShard, act: string, path: string): (cause: unknown) => never {
  return (cause) => {
    throw storageError(path, act, cause, { shard });
  };
}
