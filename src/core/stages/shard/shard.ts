import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ShardRecord } from "../../domain/shard-record.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import { responsePathOf } from "../../ledger/response-path.ts";
import type { RequestShard } from "../../ports/scoring-backend.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import type { FramePool } from "../../worker/frame-pool.ts";
import type { ShardStageInput } from "./shard-stage.ts";
import type { ListWidths } from "./tensor-plan.ts";
import type { EncodeChunkInput, EncodeChunkOutput, EncodedPiece } from "./worker/encode-chunk.ts";
import type { UnsendableRows } from "./worker/unsendable-rows.ts";
import type { OversizedRows } from "./worker/write-rejected-rows.ts";

/** A shard is aimed at a little less than the limit, because rows differ in length. */
const FILL = 0.96;
/** Bytes of requests of a chunk that holds several shards, since a task costs a few milliseconds however few rows it has; and most shards of one. */
const CHUNK_BYTES = 1_000_000;
const MOST_SHARDS = 64;
/** Rows that are encoded first, to learn how long a row is. */
const SAMPLE_ROWS = 1000;

/** A shard as it goes on to the backend, with what the ledger keeps of it. */
export type NumberedShard = { readonly request: RequestShard; readonly record: ShardRecord };

export type ShardStageHooks = {
  readonly onShard: (shard: NumberedShard) => Promise<void>;
  readonly onOversized: (rows: OversizedRows) => void;
  readonly onUnsendable: (rows: UnsendableRows) => void;
};

/**
 * Cuts the table into shards, in its order. Chunks are encoded by several workers at a time, a few ahead of who takes the shards; a shard gets
 * its number, and its lines theirs, when all before it are known.
 */
export async function* shardTable(
  input: ShardStageInput & { readonly widths: ListWidths },
  pool: FramePool,
  hooks: ShardStageHooks,
  signal: AbortSignal,
): AsyncGenerator<RequestShard> {
  const sample = await pool.run(
    "measureRows",
    chunkInput(input, 0, 0, Math.min(SAMPLE_ROWS, input.table.rows)),
    signal,
  );
  let bytesPerRow = sample.rows === 0 ? 1 : (sample.bytes + sample.envelopeBytes) / sample.rows;
  let offset = 0;
  let chunk = 0;
  let shard = 0;
  let line = 0;
  const ahead: Promise<EncodeChunkOutput>[] = [];
  const startNext = (): void => {
    const rows = Math.min(chunkRows(input, bytesPerRow), input.table.rows - offset);
    const encoded = pool.run("encodeChunk", chunkInput(input, chunk, offset, rows), signal);
    // It is awaited in its turn; until then a failure must not count as unhandled.
    encoded.catch(() => undefined);
    ahead.push(encoded);
    offset += rows;
    chunk += 1;
  };
  while (offset < input.table.rows || ahead.length > 0) {
    while (offset < input.table.rows && ahead.length < pool.threads) startNext();
    const encoded = await (ahead.shift() as Promise<EncodeChunkOutput>);
    bytesPerRow = encoded.bytesPerRow;
    if (encoded.oversized !== null) await reportOversized(encoded.oversized, input, hooks);
    if (encoded.unsendable !== null) hooks.onUnsendable(encoded.unsendable);
    for (const piece of encoded.pieces) {
      const numbered = await numberPiece(piece, shard, line, input);
      await hooks.onShard(numbered);
      shard += 1;
      line += piece.lines;
      yield numbered.request;
    }
  }
}

/** The task that encodes a range of the table. */
export function chunkInput(
  input: ShardStageInput & { readonly widths: ListWidths },
  chunk: number,
  offset: number,
  rows: number,
): EncodeChunkInput {
  return {
    table: input.table.path,
    offset,
    rows,
    columns: input.columns,
    features: input.features,
    protocol: input.protocol,
    options: input.options,
    widths: input.widths,
    limits: {
      batchSize: input.batchSize,
      softLineBytes: input.softLineBytes,
      maxLineBytes: input.maxLineBytes,
      maxFileBytes: input.maxFileBytes,
    },
    directory: input.folders.stitched,
    rejectedDirectory: input.folders.deadLetter,
    name: `chunk-${String(chunk).padStart(5, "0")}`,
  };
}

/** One shard, or several small ones, of whole batches, so that only the last line of a table is short. */
function chunkRows(input: ShardStageInput, bytesPerRow: number): number {
  const { batchSize, softLineBytes, maxLineBytes, maxFileBytes } = input;
  const rows = Math.floor((maxFileBytes * FILL) / bytesPerRow);
  // Of large rows a line holds fewer than a batch.
  const inLine = Math.floor(Math.min(softLineBytes, maxLineBytes, maxFileBytes) / bytesPerRow);
  const rowsPerLine = Math.max(1, Math.min(batchSize, inLine));
  const shards = Math.max(1, Math.min(MOST_SHARDS, Math.floor(CHUNK_BYTES / maxFileBytes)));
  return shards * Math.max(1, Math.floor(rows / rowsPerLine)) * rowsPerLine;
}

async function reportOversized(
  oversized: OversizedRows,
  input: ShardStageInput,
  hooks: ShardStageHooks,
): Promise<void> {
  if (input.oversizedRows !== "fail") {
    // Rows that are skipped by policy are no dead letters.
    if (input.oversizedRows === "skip") await rm(oversized.path, { force: true });
    hooks.onOversized(oversized);
    return;
  }
  const { first, rows, limitBytes } = oversized;
  throw new ScoreframeError(
    "ROW_TOO_LARGE",
    `Row ${first.position} of the source (0-based) needs ${first.bytes} bytes, and a row may have at most ${limitBytes}` +
      `${rows > 1 ? `; ${rows - 1} more rows near it are as large` : ""}. Nothing was scored for it. Send fewer columns (model.features), raise ` +
      "requests.file_size_mb or the backend's limit, or set failure.oversized_rows to dead_letter or skip.",
    {
      operation: "shard",
      option: "failure.oversized_rows",
      details: { row: first.position, bytes: first.bytes, limitBytes },
    },
  );
}

/** Gives a piece its number and, in its request file's name, the digest that ties the answer to it. */
async function numberPiece(
  piece: EncodedPiece,
  shard: number,
  firstRowId: number,
  { folders, protocol, options, features }: ShardStageInput,
): Promise<NumberedShard> {
  const number = String(shard).padStart(5, "0");
  const requestFile = `shard-${number}-${piece.digest.slice(0, 16)}.jsonl`;
  const requestPath = join(folders.requests, requestFile);
  const featuresFile = `shard-${number}.parquet`;
  await rename(piece.featuresPath, join(folders.features, featuresFile));
  await rename(piece.requestPath, requestPath);
  return {
    request: {
      shard,
      requestPath,
      responsePath: responsePathOf(folders, requestFile),
      header: bindProtocol(protocol, options).header(features),
      lines: piece.lines,
      rows: piece.rows,
      bytes: piece.bytes,
      digest: piece.digest,
    },
    record: {
      shard,
      state: "sharded",
      rows: piece.rows,
      lines: piece.lines,
      first_row_id: firstRowId,
      line_rows: piece.lineRows,
      features: `features/${featuresFile}`,
      request: { file: `requests/${requestFile}`, bytes: piece.bytes, sha256: piece.digest, first_id: piece.firstId },
      response: null,
      scored: 0,
      dead_lettered: 0,
    },
  };
}
