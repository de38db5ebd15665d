import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { assertNoCollisions } from "../../domain/assert-no-collisions.ts";
import type { TypedColumn } from "../../domain/types/column-type.ts";
import { typeText } from "../../domain/types/column-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { storageError } from "../../errors/storage-error.ts";
import type { Clock } from "../../ports/clock.ts";
import type { OpenStore } from "../../ports/object-store.ts";
import type { OutputIntent } from "../../ports/table-output.ts";
import { unifyShards } from "../../responses/types/unify-shards.ts";
import type { OutputFactory } from "../../run/prepare-run.ts";
import { newRunId } from "../../run/run-id/new-run-id.ts";
import { publishTable } from "../../stages/publish/publish.ts";
import type { StitchedPair } from "../../stages/stitch/worker/pair/stitch-pair.ts";
import { makeFolder } from "../../util/make-folder.ts";
import type { FramePool } from "../../worker/frame-pool.ts";
import type { DeadLetterFile } from "./dead-letter-place.ts";
import { deadLetterFolder, deadLetterName, deadLetterObjects } from "./dead-letter-place.ts";
import type { FilePlace } from "./file-place.ts";
import { localPlace, storePlace } from "./file-place.ts";
import type { FilePair } from "./pair-files.ts";
import { ANSWER_SUFFIX, pairFiles } from "./pair-files.ts";
import { namedProtocol } from "./request-protocol.ts";
import type { Places } from "./stitch-pairs.ts";
import { deadLetterPath, stitchPairs } from "./stitch-pairs.ts";
import { stitchShape } from "./stitch-shape.ts";
import { unifyRequests } from "./unify-requests.ts";

/** Requests and responses that another program wrote, and where their join goes. */
export type StitchRequest = {
  /** Folder or `s3://bucket/prefix` with request files, one request per line; files in its subfolders are read, too. */
  readonly requests: string;
  /** Folder or `s3://bucket/prefix` with response files, each named after its request file with `suffix` behind. */
  readonly responses: string;
  readonly output: string;
  /** @default what the first request line shows */
  readonly protocol?: string;
  /** JSON pointer to the list of rows in a request. @default the protocol's place */
  readonly rows?: string;
  /** JSON pointer to the row in a request that has one row alone. */
  readonly row?: string;
  /** JSON pointer to the predictions in a response, a list, or with `row` the prediction. @default the protocol's place */
  readonly predictions?: string;
  /**
   * Pairs predictions with rows by a key: a column of the requests whose value each prediction repeats, `at` the name of a member or a JSON pointer.
   * @default their order
   */
  readonly key?: string | { readonly column: string; readonly at?: string };
  /** Pairs predictions with rows by the number of the row in its request, from 0, or in its file if each line is a row. */
  readonly index?: string;
  readonly format?: "parquet" | "csv" | "jsonl";
  readonly prefix?: string;
  /**
   * What follows the name of a request file in the name of its response file.
   * @default ".out"
   */
  readonly suffix?: string;
  /**
   * Whether each response holds its request, too, as SageMaker's `JoinSource=Input` writes it.
   * @default what the responses show; CSV does not show it
   */
  readonly joined?: boolean;
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

/**
 * Joins request files with their answers on the position of each row and publishes them as one table, which replaces what was there. Rows
 * that got no prediction go to `<output>.dead-letter/`, one file per request file; those of earlier runs are removed when the table is published.
 * Throws before anything is published; if every row failed, `TOO_MANY_FAILED_ROWS`.
 */
export async function stitchPrefixes(
  request: StitchRequest,
  tools: StitchTools,
  stopped: AbortSignal,
): Promise<StitchReport> {
  const places = await openPlaces(request, tools.openStore);
  const options = stitchShape(request);
  // Requests of another shape than the protocol's do not show it.
  const named = namedProtocol(request.protocol) ?? (options.shape === null ? null : "records");
  const output = await tools.output(request.output, request.baseDirectory ?? ".");
  const deadLetterLocation = `${output.location}.dead-letter`;
  const rules = { suffix: suffixOf(request, places), except: [output.location, deadLetterLocation] };
  const pairs = await pairFiles(places.requests, places.responses, rules, stopped);
  const store = await tools.openStore(deadLetterLocation);
  const deadLetters = store === null ? deadLetterFolder(deadLetterLocation) : deadLetterObjects(store, stopped);
  const intent: OutputIntent = {
    runId: newRunId(tools.clock),
    job: "stitch",
    ifExists: "overwrite_partitions",
    format: request.format ?? "parquet",
    partitionBy: [],
  };
  await output.check(intent);
  const lock = await output.lock(intent.runId, { signal: stopped });
  const signal = AbortSignal.any([stopped, lock.lost]);
  try {
    return await inScratchFolder(store === null ? output.location : null, async (scratch) => {
      const { prefix = "", joined = null } = request;
      const stitched = await stitchPairs(
        pairs,
        places,
        { named, options, prefix, joined, scratch },
        tools.pool,
        signal,
      );
      const emptySchema = checkTogether(stitched, pairs, prefix);
      await deadLetters.keep(deadLetterFiles(stitched, pairs, scratch, intent.runId), intent.runId);
      assertSomeScored(stitched, deadLetters.location);
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
          findLossyCasts: (check) => tools.pool.run("findLossyCasts", check, signal),
          concurrency: tools.pool.threads,
          signal,
        },
      );
      await deadLetters.removeOthers(intent.runId);
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

/** Throws `USAGE` for a suffix that cannot distinguish answer files from request files. */
function suffixOf({ suffix = ANSWER_SUFFIX }: StitchRequest, { requests, responses }: Places): string {
  const isName = !suffix.includes("/") && (suffix !== "" || requests.location !== responses.location);
  if (isName) return suffix;
  throw new ScoreframeError(
    "USAGE",
    `The suffix "${suffix}" does not distinguish response files from request files. Give what follows the name of a request file in the name of its response file, such as ${ANSWER_SUFFIX}.`,
    { operation: "stitch", option: "suffix" },
  );
}

/** Next to the table's folder `target`, so that both are on one file system. */
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

/** Checks what needs all files: one form of answers, no name twice. Returns the columns in the order of the table. */
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
  const answered = unifyShards(
    stitched.map(({ shard, predictionColumns }) => ({
      name: `the response file ${(pairs[shard] as FilePair).answer}`,
      columns: predictionColumns,
    })),
  );
  assertNoCollisions(source, answered, "prefix");
  const unanswered: TypedColumn[] =
    forms.size === 0 && total(stitched, "rows") > 0 ? [{ name: `${prefix}prediction`, type: "Null" }] : [];
  return [...source, ...answered, ...unanswered];
}

function requestFile(pairs: readonly FilePair[], shard: number): string {
  return (pairs[shard] as FilePair).request;
}

function deadLetterFiles(
  stitched: readonly StitchedPair[],
  pairs: readonly FilePair[],
  scratch: string,
  runId: string,
): DeadLetterFile[] {
  return stitched
    .filter(({ deadLettered }) => deadLettered > 0)
    .map(({ shard }) => ({
      path: deadLetterPath(scratch, shard),
      name: deadLetterName(requestFile(pairs, shard), runId),
    }));
}

/** Throws `TOO_MANY_FAILED_ROWS` if no row was scored: an empty table must not replace a good one. */
function assertSomeScored(stitched: readonly StitchedPair[], deadLetter: string): void {
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
