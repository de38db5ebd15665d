import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { ScoreframeError } from "../errors/scoreframe-error.ts";
import { storageError } from "../errors/storage-error.ts";
import type { TypedColumn } from "../frames/column-type.ts";
import { typeText, unifySchemas } from "../frames/column-type.ts";
import type { FramePool } from "../frames/frame-pool.ts";
import { refuseCollisions } from "../frames/refuse-collisions.ts";
import type { StitchedPair } from "../frames/stitch-pair.ts";
import type { AnswerLines } from "../lines/answer-lines.ts";
import type { Clock } from "../ports/clock.ts";
import type { OpenStore } from "../ports/object-store.ts";
import type { OutputIntent } from "../ports/table-output.ts";
import type { ProtocolId } from "../protocols/protocol.ts";
import { chooseAnswerLines } from "./choose-answer-lines.ts";
import { countLines } from "./count-lines.ts";
import type { DeadLetterPlace } from "./dead-letter-place.ts";
import { deadLetterFolder, deadLetterObjects } from "./dead-letter-place.ts";
import type { FilePlace } from "./file-place.ts";
import { localPlace, storePlace } from "./file-place.ts";
import { makeFolder } from "./make-folder.ts";
import { mapAhead } from "./map-ahead.ts";
import { mapConcurrently } from "./map-concurrently.ts";
import { newRunId } from "./new-run-id.ts";
import type { FilePair } from "./pair-files.ts";
import { pairFiles } from "./pair-files.ts";
import type { OutputFactory } from "./prepare-run.ts";
import { publishTable } from "./publish.ts";
import { namedProtocol, shownProtocol } from "./request-protocol.ts";
import { unifyRequests } from "./unify-requests.ts";

/** Requests and responses that somebody else wrote, and where their join goes. */
export type StitchRequest = {
  /** Folder or `s3://bucket/prefix` with request files, one request a line. */
  readonly requests: string;
  /** Folder or `s3://bucket/prefix` with response files, each named after its request file with `.out` behind. */
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
  readonly openStore: OpenStore;
};

type Places = { readonly requests: FilePlace; readonly responses: FilePlace };

/** A file pair on this machine. */
type BroughtPair = { readonly shard: number; readonly requestsPath: string; readonly responsesPath: string };

/** With the number of its first line among those of all files. */
type NumberedPair = BroughtPair & {
  readonly firstRowId: number;
  readonly protocol: ProtocolId;
  readonly answerLines: AnswerLines;
};

/** Pairs that are brought to this machine while others are being stitched. */
const PAIRS_AHEAD = 4;

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
  const places = await openPlaces(request, tools.openStore);
  const named = namedProtocol(request.protocol);
  const pairs = await pairFiles(places.requests, places.responses, signal);
  const output = await tools.output(request.output, request.baseDirectory ?? ".");
  const deadLetterLocation = `${output.location}.dead-letter`;
  const store = await tools.openStore(deadLetterLocation);
  const deadLetters = store === null ? deadLetterFolder(deadLetterLocation) : deadLetterObjects(store, signal);
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
    return await inScratchFolder(store === null ? output.location : null, async (scratch) => {
      const stitched = await stitchAll(
        pairs,
        places,
        { named, prefix: request.prefix ?? "", scratch },
        tools.pool,
        signal,
      );
      const emptySchema = checkTogether(stitched, pairs, request.prefix ?? "");
      await keepDeadLetters(stitched, pairs, scratch, deadLetters);
      refuseWithoutRows(stitched, deadLetters.location);
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

async function openPlaces(
  { requests, responses, baseDirectory }: StitchRequest,
  openStore: OpenStore,
): Promise<Places> {
  const open = async (path: string, role: string): Promise<FilePlace> => {
    const store = await openStore(path);
    return store === null ? localPlace(resolve(baseDirectory ?? ".", path), role) : storePlace(store);
  };
  return { requests: await open(requests, "requests"), responses: await open(responses, "responses") };
}

/** Beside a table in a folder: on its file system, where there is room for it. `target`: that folder. */
async function inScratchFolder<T>(target: string | null, use: (folder: string) => Promise<T>): Promise<T> {
  const parent = target === null ? tmpdir() : dirname(target);
  const name = target === null ? "scoreframe-stitching-" : `.${basename(target)}-stitching-`;
  const scratch = await makeFolder(parent)
    .then(() => mkdtemp(join(parent, name)))
    .catch((thrown: unknown) => {
      throw storageError(parent, "write", thrown);
    });
  try {
    return await use(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function bringPairs(
  pairs: readonly FilePair[],
  { requests, responses }: Places,
  scratch: string,
  signal: AbortSignal,
): AsyncGenerator<BroughtPair> {
  return mapAhead(pairs.entries(), PAIRS_AHEAD, async ([shard, { request, answer }]) => {
    signal.throwIfAborted();
    return {
      shard,
      requestsPath: await requests.bring(request, join(scratch, "requests"), signal),
      responsesPath: await responses.bring(answer, join(scratch, "responses"), signal),
    };
  });
}

/** Counts the lines of both files, so that no pair is read whose counts differ, and finds out the protocol and which lines are answers. */
async function* numberPairs(
  brought: AsyncIterable<BroughtPair>,
  pairs: readonly FilePair[],
  named: ProtocolId | null,
  requests: FilePlace,
): AsyncGenerator<NumberedPair> {
  let firstRowId = 0;
  let protocol = named;
  for await (const pair of brought) {
    const { request, answer } = pairs[pair.shard] as FilePair;
    const lines = await countLines(pair.requestsPath);
    protocol ??= await shownProtocol(pair.requestsPath, requests.locate(request));
    const known = protocol ?? "instances";
    const answerLines = await chooseAnswerLines(pair.responsesPath, { request, answer }, lines, known);
    yield { ...pair, firstRowId, protocol: known, answerLines };
    firstRowId += lines;
  }
}

type StitchSettings = { readonly named: ProtocolId | null; readonly prefix: string; readonly scratch: string };

/** Brings, counts and stitches; nothing is still being brought when it ends, however it ends. */
async function stitchAll(
  pairs: readonly FilePair[],
  places: Places,
  { named, prefix, scratch }: StitchSettings,
  pool: FramePool,
  signal: AbortSignal,
): Promise<StitchedPair[]> {
  const stop = new AbortController();
  const brought = bringPairs(pairs, places, scratch, AbortSignal.any([signal, stop.signal]));
  try {
    const stitched: StitchedPair[] = [];
    const numbered = numberPairs(brought, pairs, named, places.requests);
    const done = mapConcurrently(numbered, pool.threads, async (pair) => {
      const outputPath = join(scratch, `${pair.shard}.parquet`);
      const paths = { outputPath, deadLetterPath: deadLetterPath(scratch, pair.shard) };
      const made = await pool.run("stitchPair", { ...pair, prefix, ...paths }, signal);
      await places.requests.release(pair.requestsPath);
      await places.responses.release(pair.responsesPath);
      return made;
    });
    for await (const pair of done) stitched[pair.shard] = pair;
    return stitched;
  } finally {
    stop.abort();
    await brought.return(undefined);
  }
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
  return (pairs[shard] as FilePair).request;
}

/** Replaces those of an earlier stitching into the same table. */
async function keepDeadLetters(
  stitched: readonly StitchedPair[],
  pairs: readonly FilePair[],
  scratch: string,
  place: DeadLetterPlace,
): Promise<void> {
  await place.clear();
  for (const { shard, deadLettered } of stitched) {
    if (deadLettered > 0) await place.keep(deadLetterPath(scratch, shard), `${requestFile(pairs, shard)}.parquet`);
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
