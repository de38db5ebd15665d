import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import type { ErrorCode } from "../errors/error-codes.ts";
import { messageOf, ScoreframeError } from "../errors/scoreframe-error.ts";
import type { FrameTaskReply } from "./frame-worker.ts";
import type { FrameTaskName, FrameTasks } from "./tasks.ts";

/** Threads that do the frame work: more than two only multiply memory, since one Polars query uses several cores by itself. */
const MOST_THREADS = 4;

/**
 * A worker's JavaScript makes little and short-lived garbage; with V8's own limit its young generation grows to 48 MB a thread for nothing.
 */
const YOUNG_GENERATION_MB = 6;

/** Runs frame tasks in worker threads. */
export type FramePool = {
  /** Tasks that run at a time. */
  readonly threads: number;
  /** Starts the first thread, which takes as long as to read a small table, before there is a task; what ends without one needs none. */
  start(): void;
  run<Name extends FrameTaskName>(
    task: Name,
    input: Parameters<FrameTasks[Name]>[0],
    signal?: AbortSignal,
  ): Promise<ReturnType<FrameTasks[Name]>>;
  close(): Promise<void>;
};

export function createFramePool(): FramePool {
  const threads = Math.max(2, Math.min(MOST_THREADS, availableParallelism()));
  // A worker that cannot even load (no binary of Polars) rejects no task; without a listener it would end the process.
  let broken: { readonly cause: unknown } | null = null;
  /** Rejects of the tasks that run: one promise for all would keep the reply of each task for as long as the pool lives. */
  const running = new Set<(cause: unknown) => void>();
  let pool: Piscina | null = null;
  /** Whether the code of the tasks loads here: a worker that fails from then on costs what it was doing, and no other task. */
  let hasReplied = false;
  let isClosed = false;
  const rejectRunning = (cause: unknown): void => {
    for (const reject of running) reject(cause);
  };
  const onError = (own: Piscina, error: Error): void => {
    if (!hasReplied) {
      broken ??= { cause: loadError(error) };
      rejectRunning(broken.cause);
    } else if (pool === own && own.threads.length === 0) {
      // piscina starts no worker any more once one has failed while it loaded: tasks in its queue would never end.
      pool = null;
      rejectRunning(workerDied(error));
      own.destroy().catch(() => undefined);
    }
  };
  const started = (): Piscina => {
    if (pool !== null) return pool;
    const own = startPool(threads);
    own.on("error", (error) => onError(own, error));
    // A worker that exits while it loads is no error to piscina. Workers that end later are replaced before this looks.
    const look = (): void => {
      if (!isClosed && own.threads.length === 0) onError(own, new Error("it ended while it was loaded"));
    };
    own.on("workerDestroy", () => setImmediate(look));
    pool = own;
    return own;
  };
  const unlessBroken = async (work: Promise<FrameTaskReply>): Promise<FrameTaskReply> => {
    const { promise, reject } = Promise.withResolvers<never>();
    running.add(reject);
    if (broken !== null) reject(broken.cause);
    try {
      return await Promise.race([work, promise]);
    } finally {
      running.delete(reject);
    }
  };
  return {
    threads,
    start: () => void started(),
    async run(task, input, signal) {
      const reply = await unlessBroken(runTask(started(), task, input, signal));
      hasReplied = true;
      if ("error" in reply) {
        const { code, message, ...facts } = reply.error;
        throw new ScoreframeError(code, message, facts);
      }
      return reply.value as never;
    },
    async close() {
      isClosed = true;
      await pool?.destroy();
    },
  };
}

function startPool(threads: number): Piscina {
  // Run from the sources the worker is a .ts file, from the package a .js file.
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new Piscina({
    filename: new URL(`./frame-worker.${extension}`, import.meta.url).href,
    name: "runFrameTask",
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
  });
}

async function runTask(
  pool: Piscina,
  task: FrameTaskName,
  input: unknown,
  signal?: AbortSignal,
): Promise<FrameTaskReply> {
  try {
    return (await pool.run({ task, input }, signal === undefined ? {} : { signal })) as FrameTaskReply;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isDeath(error)) throw workerDied(error, task, shardsOf(input));
    throw new ScoreframeError(codeOf(error), `${task} failed: ${messageOf(error)}`, { operation: task, cause: error });
  }
}

function isDeath(error: unknown): boolean {
  const hasNoMemory = error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
  return hasNoMemory || /^worker exited with code/.test(messageOf(error));
}

/** A thread that ended takes its task with it; the pool goes on with another. */
function workerDied(cause: unknown, task?: FrameTaskName, shards: readonly number[] = []): ScoreframeError {
  const forShards = shards.length === 0 ? "" : ` for shard ${shards.join(", ")}`;
  const during = task === undefined ? "" : ` during ${task}${forShards}`;
  const fix = "If memory ran out, lower requests.file_size_mb or give the machine more memory";
  const [shard] = shards;
  return new ScoreframeError("WORKER_DIED", `A worker thread ended${during}: ${messageOf(cause)}. ${fix}.`, {
    ...(task === undefined ? {} : { operation: task }),
    ...(shard === undefined || shards.length > 1 ? {} : { shard }),
    cause,
  });
}

/** The shards that a task is about, if its input contains them. */
function shardsOf(input: unknown): readonly number[] {
  const inputs: readonly unknown[] = Array.isArray(input) ? input : [input];
  return inputs.flatMap((each) =>
    typeof each === "object" && each !== null && "shard" in each && typeof each.shard === "number" ? [each.shard] : [],
  );
}

/** npm silently skips the binary of Polars if it runs under a Node that is too old for it. */
function loadError(thrown: unknown): unknown {
  const text = messageOf(thrown);
  if (!/nodejs-polars/.test(text)) return thrown;
  return new ScoreframeError(
    "SETUP_INCOMPLETE",
    `The installation is not complete: ${text.split("\n")[0]}. Install again with a newer Node: npx -y -p node@24 npm install`,
    { cause: thrown },
  );
}

/** Polars passes the system's own words on. */
function codeOf(error: unknown): ErrorCode {
  const text = messageOf(error);
  if (/no space left on device|os error 28|disk quota|permission denied|read-only file system/i.test(text))
    return "STORAGE_FAILED";
  return "INTERNAL";
}
