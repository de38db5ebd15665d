import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { assertNoCollisions } from "../../../domain/assert-no-collisions.ts";
import { lineIds } from "../../../domain/line-id.ts";
import type { PartitionRun } from "../../../domain/stitched-shard.ts";
import type { DataFrame } from "../../../polars/polars.ts";
import { pl, readSmallParquet, stacked } from "../../../polars/polars.ts";
import { bindProtocol } from "../../../protocols/bind-protocol.ts";
import { decodeUniform } from "../../../responses/read/decode-answers.ts";
import type { DecodedAnswers } from "../../../responses/read/decoded-answers.ts";
import { jsonAnswers } from "../../../responses/read/json-answers.ts";
import { readLines } from "../../../responses/read/read-lines.ts";
import { readNumberAnswers } from "../../../responses/read/read-number-answers.ts";
import { withoutMarks } from "../../../responses/read/read-units.ts";
import { validateResponseFile } from "../../../responses/read/response-file.ts";
import type { PredictionColumn } from "../../../responses/types/prediction-columns.ts";
import { expandRunLengths } from "../../../util/run-lengths.ts";
import { contractedColumns } from "./contracted-answers.ts";
import { countNullPredictions } from "./null-predictions.ts";
import { predictionForm } from "./prediction-form.ts";
import { sampleRows } from "./sample/sample-rows.ts";
import type { StitchOutcome, StitchShardInput } from "./stitch-shard.ts";
import { rowIdentity, stitchShard, withPredictions, writeScored } from "./stitch-shard.ts";

const LINE_FEED = 10;
const PIECE = { name: "piece", type: "Int32" } as const;

/** A shard, and how many rows each of its lines has. */
type Part = { readonly input: StitchShardInput; readonly lineRows: readonly number[]; readonly rows: number };

/**
 * Stitches shards of one run, in their order. What is small and has no fault is stitched together into one file, since a query costs as much for
 * ten rows as for ten thousand; at the first doubt every shard is stitched by itself, which gives the same rows and says what is wrong with which.
 */
export function stitchShards(inputs: readonly StitchShardInput[]): StitchOutcome[] {
  // Responses that name their rows are read one by one.
  const isByPosition = inputs.every(({ options, joinedWith }) => options.pairing === null && joinedWith === undefined);
  const isTogether = inputs.length > 1 && isByPosition;
  return (isTogether ? stitchTogether(inputs) : null) ?? inputs.map(stitchShard);
}

function stitchTogether(inputs: readonly StitchShardInput[]): StitchOutcome[] | null {
  const first = inputs[0] as StitchShardInput;
  const responses = inputs.map(validateResponseFile);
  const parts = inputs.map((input): Part => {
    const lineRows = [...expandRunLengths(input.lineRows)];
    return { input, lineRows, rows: lineRows.reduce((sum, rows) => sum + rows, 0) };
  });
  const answers = readTogether(parts, first);
  const features = answers === null ? null : readFeatures(parts, first);
  const predictions = answers === null ? null : predictionsOf(answers, first);
  if (answers === null || features === null || predictions === null) return null;
  const joined = withPredictions(features, answers, predictions);
  const marked = joined.hstack(pl.DataFrame(marks(parts, first, joined.height)));
  const { partitions, ...columns } = writeScored(marked, first, predictions, [PIECE]);
  const runs = runsByPart(partitions, parts.length);
  const form = predictionForm(answers.type);
  const nulls = form === "none" ? joined.height : countNullPredictions(joined, predictions.length);
  let offset = 0;
  return parts.map(({ input, rows }, index): StitchOutcome => {
    offset += rows;
    return {
      shard: input.shard,
      path: first.outputPath,
      offset: offset - rows,
      response: responses[index] as StitchOutcome["response"],
      scored: rows,
      nullPredictions:
        nulls === 0 || nulls === joined.height
          ? Math.min(nulls, rows)
          : countNullPredictions(joined.slice(offset - rows, rows), predictions.length),
      deadLettered: 0,
      deadLetterPath: null,
      firstFailure: null,
      form,
      ...columns,
      partitions: runs[index] as PartitionRun[],
      sample: samplePart(input, joined, answers, offset - rows, rows),
    };
  });
}

/** Sets rows of one part aside. */
function samplePart(
  input: StitchShardInput,
  joined: DataFrame,
  answers: DecodedAnswers,
  offset: number,
  rows: number,
): StitchOutcome["sample"] {
  if (input.sample === undefined) return null;
  const predictions = answers.predictions.slice(offset, rows);
  return sampleRows(
    { ...input, joined: joined.slice(offset, rows), answers: { ...answers, predictions } },
    input.sample,
  );
}

/** The response files end to end, read as one: each line still answers its own request line, since each file has as many lines as its shard. */
function readTogether(parts: readonly Part[], first: StitchShardInput): DecodedAnswers | null {
  const contents = parts.map(({ input }) => readFileSync(input.responsePath));
  if (contents.some((content, index) => countLines(content) !== parts[index]?.lineRows.length)) return null;
  const protocol = bindProtocol(first.protocol, first.options);
  const lineRows = parts.flatMap((part) => part.lineRows);
  const path = `${first.outputPath}.answers`;
  writeFileSync(path, Buffer.concat(contents));
  try {
    const numbers = readNumberAnswers(path, lineRows, protocol);
    if (numbers !== null) return numbers;
    const lines = withoutMarks(readLines(path));
    if (lines.height !== lineRows.length) return null;
    return decodeUniform({ shard: first.shard, lines: jsonAnswers(lines, protocol, idsOf(parts)), lineRows, protocol });
  } finally {
    rmSync(path, { force: true });
  }
}

function countLines(content: Buffer): number {
  let lines = 0;
  for (let at = content.indexOf(LINE_FEED); at !== -1; at = content.indexOf(LINE_FEED, at + 1)) lines += 1;
  return lines;
}

function idsOf(parts: readonly Part[]): readonly string[] | null {
  const ids = parts.map(({ input, lineRows }) =>
    input.firstId === undefined ? null : lineIds(input.firstId, lineRows),
  );
  return ids.includes(null) ? null : ids.flatMap((own) => own ?? []);
}

/** The rows of all parts, in columns c0…cn; null if a file does not hold the rows of its shard. */
function readFeatures(parts: readonly Part[], { source }: StitchShardInput): DataFrame | null {
  const columns = source.map(({ name }) => name);
  const aliases = columns.map((_name, index) => `c${index}`);
  const frames: DataFrame[] = [];
  for (const { input, rows } of parts) {
    const frame = readSmallParquet(input.featuresPath, columns, aliases);
    if (frame === null || frame.height !== rows) return null;
    frames.push(frame);
  }
  return stacked(frames as [DataFrame, ...DataFrame[]]);
}

/** Null for what is an error of one shard, which names it. */
function predictionsOf(answers: DecodedAnswers, first: StitchShardInput): readonly PredictionColumn[] | null {
  try {
    const predictions = contractedColumns(answers, first);
    if (predictions === null) return null;
    const identity = first.includeRowId ? [{ name: "row_id" }, { name: "batch_index" }] : [];
    const kept = first.source.filter(({ name }) => first.keep.includes(name));
    assertNoCollisions([...identity, ...kept], predictions, "output.prefix", first.shard);
    return predictions;
  } catch {
    return null;
  }
}

/** Which part each row is of, and its identity if the output has it. */
function marks(parts: readonly Part[], { includeRowId }: StitchShardInput, rows: number): pl.Series[] {
  const pieces = new Int32Array(rows);
  let row = 0;
  for (const [index, part] of parts.entries()) {
    pieces.fill(index, row, row + part.rows);
    row += part.rows;
  }
  const identity = parts.map(({ input, lineRows }) => ({ firstRowId: input.firstRowId, lineRows }));
  return [pl.Series(PIECE.name, pieces), ...(includeRowId ? rowIdentity(identity, rows) : [])];
}

/** The runs of each part; their first value is its index. */
function runsByPart(runs: readonly PartitionRun[], parts: number): PartitionRun[][] {
  const own = Array.from({ length: parts }, (): PartitionRun[] => []);
  for (const { values, ...run } of runs) own[Number(values[0])]?.push({ values: values.slice(1), ...run });
  return own;
}
