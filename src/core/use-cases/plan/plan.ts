import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { SourceContext } from "../../ports/frame-source.ts";
import type { RunFolders } from "../../ports/run-store.ts";
import type { PlanCost, PlanEstimate } from "../../ports/scoring-backend.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import { outputIntent } from "../../run/output-intent.ts";
import type { PreparedRun } from "../../run/prepare-run.ts";
import { DEFAULT_BATCH_BYTES, DEFAULT_BATCH_ROWS } from "../../run/requests/request-batch.ts";
import type { RunPlan } from "../../run/run-plan.ts";
import { planRun } from "../../run/run-plan.ts";
import type { ExtractedInput } from "../../stages/extract/extract.ts";
import { extractTable } from "../../stages/extract/extract.ts";
import { watchContract } from "../../stages/publish/table-contract/watch-contract.ts";
import { chunkInput } from "../../stages/shard/shard.ts";
import { withListWidths } from "../../stages/shard/with-list-widths.ts";
import type { RowSizes } from "../../stages/shard/worker/encode-chunk.ts";
import type { FramePool } from "../../worker/frame-pool.ts";

/** What a run would do. */
export type PlanReport = {
  readonly job: string;
  readonly rows: number;
  readonly features: readonly string[];
  readonly passthrough: readonly string[];
  readonly protocol: string;
  readonly backend: string;
  readonly request_bytes: number;
  readonly bytes_per_row: number;
  readonly requests: number;
  readonly shards: number;
  /** Rows that were encoded to find the sizes: if fewer than all, bytes, requests and shards are estimates. */
  readonly sampled_rows: number;
  /** Rows of the sample that fit into no request. */
  readonly oversized_in_sample: number;
  /** Rows of the sample with a value that the protocol cannot carry. */
  readonly unsendable_in_sample: number;
  /** Sentences that say what to change for speed, and why. */
  readonly advice: readonly string[];
  readonly cost: PlanCost;
};

/** Places of the table, and rows at each, that are encoded to learn the sizes. */
const SAMPLE_PLACES = 10;
const SAMPLE_ROWS = 2000;

/** Reads the source and encodes a sample of it; the model is not started and nothing stays. */
export async function planJob(prepared: PreparedRun, pool: FramePool, context: SourceContext): Promise<PlanReport> {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-plan-"));
  try {
    const table = await extractTable(prepared.source, folder, pool, context);
    const plan = planRun(prepared, table);
    const report = await planTable(prepared, plan, folder, pool, context.signal);
    const problem = await outputProblem(prepared, table, plan, pool, context.signal);
    return problem === null ? report : { ...report, advice: [problem, ...report.advice] };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Throws what would end a run before anything is scored: columns that the table does not take. Reports an output that cannot be read. */
async function outputProblem(
  { job, output }: PreparedRun,
  table: ExtractedInput,
  { columns }: RunPlan,
  pool: FramePool,
  signal: AbortSignal,
): Promise<string | null> {
  const input = { output, intent: outputIntent("plan", job), job, table, columns };
  try {
    const contract = await watchContract(input, pool, signal);
    await contract.checkSource();
    return null;
  } catch (thrown) {
    if (!ScoreframeError.is(thrown) || thrown.code === "OUTPUT_SCHEMA_CHANGED") throw thrown;
    return `Whether the rows fit the table is not known: ${thrown.message}`;
  }
}

async function planTable(
  prepared: PreparedRun,
  { columns, shard }: RunPlan,
  folder: string,
  pool: FramePool,
  signal: AbortSignal,
): Promise<PlanReport> {
  const { job, backend, protocol } = prepared;
  const { table } = shard;
  const names = shard.columns.map(({ name }) => name);
  const input = await withListWidths({ ...shard, folders: unusedFolders(folder) }, pool, signal);
  const samples = await Promise.all(
    samplePlaces(table.rows).map(([offset, rows]) =>
      pool.run("measureRows", chunkInput(input, 0, offset, rows), signal),
    ),
  );
  const sampled = sum(samples, ({ rows }) => rows);
  const perRow = sampled === 0 ? 0 : sum(samples, ({ bytes }) => bytes) / sampled;
  const envelope = samples[0]?.envelopeBytes ?? 0;
  const bound = bindProtocol(protocol, prepared.requestOptions);
  const isRowByRow = bound.lineHolds === "row" && bound.linesInRequest === "one";
  const batch = isRowByRow ? 1 : input.batchSize;
  // A line takes as many rows as the batch allows, and no more bytes than the backend and the file do.
  const rowsPerLine = Math.max(
    1,
    Math.min(
      batch,
      Math.floor(
        (Math.min(input.softLineBytes, input.maxLineBytes, input.maxFileBytes) - envelope) / Math.max(1, perRow),
      ),
    ),
  );
  const requests = Math.ceil(table.rows / rowsPerLine);
  const bytes = Math.round(table.rows * perRow + requests * envelope);
  const lines = bound.lineHolds === "row" ? table.rows : requests;
  const shards = filesFor(lines, bytes, input.maxFileBytes);
  const work = { rows: table.rows, requests: lines, bytes, shards, fileBytes: input.maxFileBytes };
  const estimate = (await backend.estimate?.(work, signal)) ?? NO_ESTIMATE;
  return {
    job: job.name,
    rows: table.rows,
    features: columns.features,
    passthrough: names.filter((name) => !columns.features.includes(name)),
    protocol,
    backend: backend.id,
    request_bytes: bytes,
    bytes_per_row: Math.round(perRow * 10) / 10,
    requests,
    shards,
    sampled_rows: sampled,
    oversized_in_sample: sum(samples, ({ oversized }) => oversized),
    unsendable_in_sample: sum(samples, ({ unsendable }) => unsendable),
    advice: [
      ...(isRowByRow
        ? []
        : adviceFor({ batch, isDefault: prepared.batch.isDefault, rowsPerLine, rows: table.rows, perRow })),
      ...estimate.advice,
    ],
    cost: estimate.cost,
  };
}

/** Rows are measured and not written. */
function unusedFolders(root: string): RunFolders {
  return { root, features: root, requests: root, responses: root, stitched: root, deadLetter: root, logs: root };
}

/** A line is never split, so that a file is seldom full if lines are large. */
function filesFor(lines: number, bytes: number, fileBytes: number): number {
  if (lines === 0) return 0;
  const linesInFile = Math.max(1, Math.floor(fileBytes / (bytes / lines)));
  return Math.ceil(lines / linesInFile);
}

const NO_ESTIMATE: PlanEstimate = {
  advice: [],
  cost: {
    note: "A model on this machine or a server of your own: no cost is known to scoreframe.",
    min_usd: null,
    max_usd: null,
  },
};

function samplePlaces(rows: number): [offset: number, rows: number][] {
  if (rows <= SAMPLE_PLACES * SAMPLE_ROWS) return [[0, rows]];
  const step = Math.floor(rows / SAMPLE_PLACES);
  return Array.from({ length: SAMPLE_PLACES }, (_, place) => [place * step, SAMPLE_ROWS]);
}

function adviceFor(facts: {
  readonly batch: number;
  readonly isDefault: boolean;
  readonly rowsPerLine: number;
  readonly rows: number;
  readonly perRow: number;
}): string[] {
  const advice: string[] = [];
  if (facts.batch < 100 && facts.rows > facts.batch * 100) {
    const larger = Math.max(
      1,
      Math.min(DEFAULT_BATCH_ROWS, Math.floor(DEFAULT_BATCH_BYTES / Math.max(1, facts.perRow))),
    );
    if (larger > facts.batch) {
      advice.push(
        `requests.batch_size is ${facts.batch}: model servers spend most of their time per request, not per row. ` +
          `Try ${larger}; the order and the pairing of rows stay the same.`,
      );
    }
  }
  if (facts.rowsPerLine < facts.batch && !facts.isDefault) {
    advice.push(
      `Only about ${facts.rowsPerLine} rows fit into a request, not requests.batch_size = ${facts.batch}: the limit of the backend or requests.file_size_mb cuts it.`,
    );
  }
  return advice;
}

function sum(samples: readonly RowSizes[], of: (sample: RowSizes) => number): number {
  return samples.reduce((total, sample) => total + of(sample), 0);
}
