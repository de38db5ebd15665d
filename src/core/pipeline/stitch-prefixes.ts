import { mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { storageError } from "../errors/storage-error.ts";
import { assertSameLines } from "../frames/assert-same-lines.ts";
import type { TypedColumn } from "../frames/column-type.ts";
import { typeText, unifySchemas } from "../frames/column-type.ts";
import type { FramePool } from "../frames/frame-pool.ts";
import { refuseCollisions } from "../frames/refuse-collisions.ts";
import type { StitchedPair } from "../frames/stitch-pair.ts";
import type { Clock } from "../ports/clock.ts";
import type { OutputIntent } from "../ports/table-output.ts";
import type { ProtocolId } from "../protocols/protocol.ts";
import { countLines } from "./count-lines.ts";
import { makeFolder } from "./make-folder.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { newRunId } from "./new-run-id.ts";
import type { FilePair } from "./pair-files.ts";
import { pairFiles } from "./pair-files.ts";
import type { OutputFactory } from "./prepare-run.ts";
import { publishTable } from "./publish.ts";
import { requestProtocol } from "./request-protocol.ts";
import { unifyRequests } from "./unify-requests.ts";

/** Requests and responses that somebody else wrote, and where their join goes. */
export type StitchRequest = {
  /** Folder with request files, one request a line. */
  readonly requests: string;
  /** Folder with response files, each named after its request file with `.out` behind. */
  readonly responses: string;
  readonly output: string;
  /** @default what the first request line shows */
  readonly protocol?: string;
  readonly format?: "parquet" | "csv" | "jsonl";
  readonly prefix?: string;
  readonly baseDirectory?: string;
  readonly signal?: AbortSignal;
};

export type StitchReport = {
  readonly files: number;
  readonly lines: number;
  /** All rows of the requests: those of the output and the dead-lettered ones. */
  readonly rows: number;
  readonly dead_lettered: number;
  readonly output: { readonly path: string; readonly rows: number; readonly bytes: number };
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};

export type StitchTools = {
  readonly pool: FramePool;
  readonly clock: Clock;
  readonly output: OutputFactory;
};

/** A file pair with the number of its first line among those of all files. */
type NumberedPair = FilePair & { readonly shard: number; readonly firstRowId: number };

/**
 * Joins request files with their answers on the position of each row and publishes them as one table, which replaces what was there. Rows
 * that got no prediction go to `<output>.dead-letter/`, one file a request file. Throws before anything is published; where every row failed,
 * `TOO_MANY_FAILED_ROWS`.
 */
export async function stitchPrefixes(
  request: StitchRequest,
  tools: StitchTools,
  signal: AbortSignal,
): Promise<StitchReport> {
  const [requests, responses, target] = absolutePaths(request);
  const pairs = await numberPairs(await pairFiles(requests, responses), signal);
  const protocol = await requestProtocol(
    request.protocol,
    pairs.map((pair) => pair.requests),
  );
  const output = await tools.output(target, ".");
  const intent: OutputIntent = {
    runId: newRunId(tools.clock),
    job: "stitch",
    ifExists: "overwrite_partitions",
    format: request.format ?? "parquet",
    partitionBy: [],
  };
  await output.check(intent);
  const lock = await output.lock(intent.runId);
  try {
    return await inScratchFolder(target, async (scratch) => {
      const stitched = await stitchPairs(
        pairs,
        { protocol, prefix: request.prefix ?? "", scratch },
        tools.pool,
        signal,
      );
      const emptySchema = checkTogether(stitched, pairs, request.prefix ?? "");
      await keepDeadLetters(stitched, pairs, scratch, `${target}.dead-letter`);
      refuseWithoutRows(stitched, `${target}.dead-letter`);
      const shards = stitched.map((pair) => ({
        ...pair,
        rows: pair.scored,
        partitions: pair.scored === 0 ? [] : [{ values: [], offset: 0, rows: pair.scored }],
      }));
      const published = await publishTable(
        { ...intent, shards, scoredRows: total(stitched, "scored"), emptySchema },
        {
          output,
          lock,
          compact: (task) => tools.pool.run("compactPartitions", task, signal),
          concurrency: tools.pool.threads,
          signal,
        },
      );
      return report(stitched, published);
    });
  } finally {
    await lock.release();
  }
}

function absolutePaths({ requests, responses, output, baseDirectory }: StitchRequest): [string, string, string] {
  const absolute = (path: string): string => resolve(baseDirectory ?? ".", path);
  return [absolute(requests), absolute(responses), absolute(output)];
}

/** Counts the lines of all files before any is read, so that a wrong one costs nothing. */
async function numberPairs(pairs: readonly FilePair[], signal: AbortSignal): Promise<NumberedPair[]> {
  const numbered: NumberedPair[] = [];
  let firstRowId = 0;
  for (const [shard, pair] of pairs.entries()) {
    signal.throwIfAborted();
    const [lines, answers] = [await countLines(pair.requests), await countLines(pair.responses)];
    assertSameLines(basename(pair.requests), lines, basename(pair.responses), answers);
    numbered.push({ ...pair, shard, firstRowId });
    firstRowId += lines;
  }
  return numbered;
}

/** Beside the table: on its file system, where there is room for it. */
async function inScratchFolder<T>(target: string, use: (folder: string) => Promise<T>): Promise<T> {
  const parent = dirname(target);
  const scratch = await makeFolder(parent)
    .then(() => mkdtemp(join(parent, `.${basename(target)}-stitching-`)))
    .catch((thrown: unknown) => {
      throw storageError(parent, "write", thrown);
    });
  try {
    return await use(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function stitchPairs(
  pairs: readonly NumberedPair[],
  { protocol, prefix, scratch }: { protocol: ProtocolId; prefix: string; scratch: string },
  pool: FramePool,
  signal: AbortSignal,
): Promise<StitchedPair[]> {
  const stitched: StitchedPair[] = [];
  const done = mapConcurrently(inOrder(pairs), pool.threads, ({ shard, requests, responses, firstRowId }) =>
    pool.run(
      "stitchPair",
      {
        shard,
        requestsPath: requests,
        responsesPath: responses,
        firstRowId,
        protocol,
        prefix,
        outputPath: join(scratch, `${shard}.parquet`),
        deadLetterPath: deadLetterPath(scratch, shard),
      },
      signal,
    ),
  );
  for await (const pair of done) stitched[pair.shard] = pair;
  return stitched;
}

async function* inOrder(pairs: readonly NumberedPair[]): AsyncGenerator<NumberedPair> {
  yield* pairs;
}

function deadLetterPath(scratch: string, shard: number): string {
  return join(scratch, `${shard}-dead-letter.parquet`);
}

/** What only all files together can tell: one form of answers, no name twice. Returns the columns in the order of the table. */
function checkTogether(stitched: readonly StitchedPair[], pairs: readonly FilePair[], prefix: string): TypedColumn[] {
  const forms = new Set(stitched.map(({ form }) => form).filter((form) => form !== "none"));
  if (forms.size > 1) {
    throw new ScoreframeError(
      "PREDICTIONS_INCOMPATIBLE",
      "Some files are answered with objects, others with plain values. Stitch those of one model at a time.",
      { operation: "stitch" },
    );
  }
  const files = stitched.map(({ shard, sourceColumns: columns }) => ({ file: requestFile(pairs, shard), columns }));
  const source = unifyRequests(files);
  const answered = stitched.map(({ predictionColumns }) => predictionColumns).reduce(unifySchemas, []);
  refuseCollisions(source, answered, "prefix");
  const unanswered: TypedColumn[] =
    forms.size === 0 && total(stitched, "rows") > 0 ? [{ name: `${prefix}prediction`, type: "Null" }] : [];
  return [...source, ...answered, ...unanswered];
}

function requestFile(pairs: readonly FilePair[], shard: number): string {
  return basename((pairs[shard] as FilePair).requests);
}

/** Replaces those of an earlier stitching into the same table. */
async function keepDeadLetters(
  stitched: readonly StitchedPair[],
  pairs: readonly NumberedPair[],
  scratch: string,
  folder: string,
): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.endsWith(".parquet")) await rm(join(folder, name));
  }
  for (const { shard, deadLettered } of stitched) {
    if (deadLettered === 0) continue;
    await mkdir(folder, { recursive: true });
    await rename(deadLetterPath(scratch, shard), join(folder, `${requestFile(pairs, shard)}.parquet`));
  }
}

/** An empty table in the place of a good one helps nobody. */
function refuseWithoutRows(stitched: readonly StitchedPair[], deadLetter: string): void {
  const failed = total(stitched, "deadLettered");
  if (failed === 0 || total(stitched, "scored") > 0) return;
  const first = stitched.find(({ firstFailure }) => firstFailure !== null)?.firstFailure;
  throw new ScoreframeError(
    "TOO_MANY_FAILED_ROWS",
    `Not one of ${failed} rows has a prediction; nothing was published. The first: ${first ?? "unknown"} All are in ${deadLetter}.`,
    { operation: "stitch", details: { failed } },
  );
}

function report(stitched: readonly StitchedPair[], published: Awaited<ReturnType<typeof publishTable>>): StitchReport {
  const { path, rows, bytes, manifest } = published;
  return {
    files: stitched.length,
    lines: total(stitched, "lines"),
    rows: total(stitched, "rows"),
    dead_lettered: total(stitched, "deadLettered"),
    output: { path, rows, bytes },
    columns: manifest.schema.map(({ name, type }) => ({ name, type: typeText(type) })),
  };
}

function total(stitched: readonly StitchedPair[], count: "lines" | "rows" | "scored" | "deadLettered"): number {
  return stitched.reduce((sum, pair) => sum + pair[count], 0);
}
