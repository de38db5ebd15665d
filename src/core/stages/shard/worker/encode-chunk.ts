import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ColumnType, TypedColumn } from "../../../domain/types/column-type.ts";
import { containsListOfStruct } from "../../../domain/types/column-type.ts";
import type { DataFrame, Expr } from "../../../polars/polars.ts";
import { byteLength, column, pl, scanParquet, unsliced } from "../../../polars/polars.ts";
import { writeParquet } from "../../../polars/write-parquet.ts";
import { bindProtocol } from "../../../protocols/bind-protocol.ts";
import type { Protocol, ProtocolId } from "../../../protocols/protocol.ts";
import type { RequestOptions } from "../../../protocols/request-options.ts";
import { memoize } from "../../../util/memoize.ts";
import type { RunLengths } from "../../../util/run-lengths.ts";
import { runLengths } from "../../../util/run-lengths.ts";
import type { ListWidths, Tensor } from "../tensor-plan.ts";
import { planTensors } from "../tensor-plan.ts";
import { encodeRow, encodeTensorRow } from "./encode-rows.ts";
import type { EncodedColumn } from "./encoded-column.ts";
import type { Line, LineLimits } from "./line-plan.ts";
import { largestRowBytes, planFiles, planLines } from "./line-plan.ts";
import { keysOf } from "./row-keys.ts";
import type { SmallPieces } from "./small-pieces.ts";
import { isSmallPiece, smallPieces } from "./small-pieces.ts";
import type { UnsendableRows } from "./unsendable-rows.ts";
import { unsendableReason } from "./unsendable-rows.ts";
import { writeLines } from "./write-lines.ts";
import type { OversizedRows } from "./write-rejected-rows.ts";
import { bytesOf, fits, withPosition, writeOversized, writeUnsendable } from "./write-rejected-rows.ts";
import { tensorEnvelopeBytes, writeTensorLines } from "./write-tensor-lines.ts";

export type EncodeChunkInput = {
  /** Parquet file of the whole table. */
  readonly table: string;
  readonly offset: number;
  readonly rows: number;
  /** Columns that are kept for the output, in order. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  /** Names of the columns that the model receives, in the order in which it receives them. */
  readonly features: readonly string[];
  readonly protocol: ProtocolId;
  readonly options: RequestOptions;
  /** Of the features that are lists; only tensors ask for it. */
  readonly widths: ListWidths;
  readonly limits: Pick<LineLimits, "batchSize" | "softLineBytes" | "maxLineBytes" | "maxFileBytes">;
  /** Folder for the files, whose names begin with `name`; it must be on the file system of the run's other folders. */
  readonly directory: string;
  /** Folder for the rows that no request can carry. */
  readonly rejectedDirectory: string;
  readonly name: string;
};

/** A shard as a worker wrote it; it gets its number when all chunks before it are known. */
export type EncodedPiece = {
  readonly featuresPath: string;
  readonly requestPath: string;
  readonly digest: string;
  readonly bytes: number;
  readonly rows: number;
  readonly lines: number;
  readonly lineRows: RunLengths;
  /** The id of its first line, if lines have one: a number that no other piece of the table has. */
  readonly firstId: number;
};

export type EncodeChunkOutput = {
  readonly pieces: readonly EncodedPiece[];
  readonly oversized: OversizedRows | null;
  readonly unsendable: UnsendableRows | null;
  /** Bytes of the requests for each row, to size the next chunks. */
  readonly bytesPerRow: number;
};

/** Bytes of rows in requests, each with the separator behind it, and the bytes that each line has in addition. */
export type RowSizes = {
  readonly rows: number;
  readonly bytes: number;
  readonly envelopeBytes: number;
  readonly oversized: number;
  readonly unsendable: number;
};

/** Encodes a range of rows only to weigh them. */
export function measureRows(input: EncodeChunkInput): RowSizes {
  const limits = chunkLimits(input, bindProtocol(input.protocol, input.options));
  const { separatorBytes, countMarks, batchSize } = limits;
  // A line feed ends the line, in the place of the separator.
  const envelopeBytes =
    limits.envelopeBytes + 1 - separatorBytes + countMarks * String(Math.min(batchSize, 999)).length;
  if (input.rows === 0) return { rows: 0, bytes: 0, envelopeBytes, oversized: 0, unsendable: 0 };
  const encoded = withRowText(readChunk(input), input);
  const sizes = bytesOf(encoded);
  const largest = largestRowBytes(limits);
  return {
    rows: sizes.length,
    bytes: sizes.reduce((sum, size) => sum + size + separatorBytes, 0),
    envelopeBytes,
    oversized: sizes.filter((size) => size > largest).length,
    unsendable: encoded.height - encoded.getColumn("reason").nullCount(),
  };
}

/** Encodes a range of rows and cuts it into shards: a features file and a request file each. */
export function encodeChunk(input: EncodeChunkInput): EncodeChunkOutput {
  const protocol = bindProtocol(input.protocol, input.options);
  const limits = chunkLimits(input, protocol);
  let encoded = withRowText(readChunk(input), input);
  const unsendable = writeUnsendable(encoded, input);
  if (unsendable !== null) encoded = withPosition(encoded).filter(pl.col("reason").isNull());
  const oversized = writeOversized(encoded, limits, input);
  if (oversized !== null) encoded = encoded.filter(fits(limits));
  const lines = planLines(bytesOf(encoded), limits, chunkKeys(encoded, input));
  const small = smallPieces(
    encoded,
    input.columns.map(({ name }) => name),
  );
  const pieces: EncodedPiece[] = [];
  let offset = 0;
  const files = planFiles(lines, limits.maxFileBytes);
  const areSmall = files.every(isSmallPiece);
  for (const [index, file] of files.entries()) {
    const rows = file.reduce((sum, line) => sum + line.rows, 0);
    pieces.push(
      writePiece(
        { encoded, small: areSmall ? small : null, offset, rows, lines: file },
        input,
        protocol,
        `${input.name}-${index}`,
      ),
    );
    offset += rows;
  }
  const bytes = pieces.reduce((sum, piece) => sum + piece.bytes, 0);
  return { pieces, oversized, unsendable, bytesPerRow: offset === 0 ? largestRowBytes(limits) : bytes / offset };
}

/** The keys of the rows, if predictions are paired by them. */
function chunkKeys(encoded: DataFrame, { columns, options }: EncodeChunkInput): readonly (string | null)[] | null {
  const { pairing } = options;
  if (pairing?.by !== "key") return null;
  const key = columns.findIndex(({ name }) => name === pairing.column);
  return keysOf(encoded, { ...(columns[key] as TypedColumn), alias: `c${key}` });
}

function chunkLimits(input: EncodeChunkInput, protocol: Protocol): LineLimits {
  const header = protocol.header(input.features);
  const headerBytes = header === null ? 0 : Buffer.byteLength(header) + 1;
  const tensors = tensorsOf(input);
  const envelopeBytes =
    tensors.length > 0
      ? tensorEnvelopeBytes({ open: protocol.open(input.features), tensors, close: protocol.close })
      : Buffer.byteLength(protocol.open(input.features) + protocol.close);
  return {
    ...input.limits,
    maxLineBytes: input.limits.maxLineBytes - headerBytes,
    batchSize: protocol.lineHolds === "row" ? 1 : input.limits.batchSize,
    envelopeBytes,
    separatorBytes: Math.max(1, tensors.length),
    countMarks: tensors.length,
  };
}

/** Columns are called c0, c1, … inside the engine: a user's name may shadow a method of the frame or be expanded as a pattern. */
function readChunk(input: EncodeChunkInput): DataFrame {
  const chunk = scanParquet(input.table)
    .slice(input.offset, input.rows)
    .select(inEngineNames(input.columns.map(({ name }) => name)))
    .collectSync();
  return input.columns.some(({ type }) => containsListOfStruct(type)) ? unsliced(chunk) : chunk;
}

const inEngineNames = memoize((names: readonly string[]): Expr[] =>
  names.map((name, index) => column(name).alias(`c${index}`)),
);

const inUserNames = memoize((names: readonly string[]): Expr[] =>
  names.map((name, index) => column(`c${index}`).alias(name)),
);

export type RowFormat = Pick<EncodeChunkInput, "columns" | "features" | "protocol" | "options" | "widths">;

/**
 * Adds the columns `text`, a row as the request holds it, or `t0`, `t1`, … with its values in each tensor; `bytes`, the length of these; and
 * `reason`, why the row cannot be sent, or null.
 */
function withRowText(chunk: DataFrame, { columns, features, protocol, options, widths }: RowFormat): DataFrame {
  const format = { columns, features, protocol, options, widths };
  return chunk
    .lazy()
    .withColumns(...rowText(format))
    .withColumns(textBytes(tensorsOf(format).length))
    .collectSync();
}

/** The features as the engine calls them, in the order in which they are sent. */
function sentColumns({ columns, features }: Pick<RowFormat, "columns" | "features">): EncodedColumn[] {
  const aliased = columns.map((each, index): EncodedColumn => ({ ...each, alias: `c${index}` }));
  return features.map((name) => aliased.find((each) => each.name === name) as EncodedColumn);
}

/** Empty unless rows are sent by columns. */
function tensorsOf(format: RowFormat): Tensor[] {
  if (bindProtocol(format.protocol, format.options).rowForm !== "tensors") return [];
  return planTensors(sentColumns(format), format.options, format.widths);
}

const rowText = memoize((format: RowFormat): Expr[] => {
  const { protocol, options } = format;
  const { rowForm } = bindProtocol(protocol, options);
  const sent = sentColumns(format);
  const tensors = tensorsOf(format);
  const reason = unsendableReason(sent, { rowForm }, options, tensors) ?? pl.lit(null).cast(pl.Utf8);
  const texts =
    rowForm === "tensors"
      ? tensors.map((tensor, index) => encodeTensorRow(tensor.columns).alias(`t${index}`))
      : [encodeRow(sent, rowForm, options.nonFinite).alias("text")];
  return [...texts, reason.alias("reason")];
});

const textBytes = memoize((tensors: number): Expr => {
  if (tensors === 0) return byteLength(pl.col("text")).alias("bytes");
  return Array.from({ length: tensors }, (_, index) => byteLength(pl.col(`t${index}`)))
    .reduce((sum, bytes) => sum.plus(bytes))
    .alias("bytes");
});

/** Writes rows, whose columns are c0, c1, …, as requests of one row each. `firstId`: see `EncodedPiece`. */
export function writeSingleRows(rows: DataFrame, format: RowFormat, firstId: number, path: string): void {
  const whole = format.columns.some(({ type }) => containsListOfStruct(type)) ? unsliced(rows) : rows;
  const encoded = withRowText(whole, format);
  const lines = Array.from({ length: rows.height }, (): Line => ({ rows: 1, bytes: 0 }));
  const protocol = bindProtocol(format.protocol, format.options);
  const [open, close] = [protocol.open(format.features), protocol.close];
  const tensors = tensorsOf(format);
  if (tensors.length > 0) writeTensorLines(encoded, lines, { open, tensors, close }, firstId, path);
  else writeLines(encoded, lines, open, close, path);
}

/** The rows of a piece in their chunk. */
type Piece = {
  readonly encoded: DataFrame;
  /** Writes it, if all pieces of the chunk are small. */
  readonly small: SmallPieces | null;
  readonly offset: number;
  readonly rows: number;
  readonly lines: readonly Line[];
};

function writePiece(piece: Piece, input: EncodeChunkInput, protocol: Protocol, name: string): EncodedPiece {
  const { encoded, small, offset, rows, lines } = piece;
  const featuresPath = join(input.directory, `${name}.parquet`);
  const requestPath = join(input.directory, `${name}.jsonl`);
  const part = encoded.slice(offset, rows);
  if (small !== null) small.writeFeatures(offset, rows, featuresPath);
  else writeParquet(part.lazy().select(inUserNames(input.columns.map((each) => each.name))), featuresPath);
  const [open, close] = [protocol.open(input.features), protocol.close];
  const tensors = tensorsOf(input);
  const firstId = input.offset + offset;
  if (tensors.length > 0) writeTensorLines(part, lines, { open, tensors, close }, firstId, requestPath);
  else if (small !== null) small.writeLines(offset, lines, open, close, requestPath);
  else writeLines(part, lines, open, close, requestPath);
  const content = readFileSync(requestPath);
  return {
    featuresPath,
    requestPath,
    digest: hash("sha256", content, "hex"),
    bytes: content.length,
    rows,
    lines: lines.length,
    lineRows: runLengths(lines.map((line) => line.rows)),
    firstId,
  };
}
