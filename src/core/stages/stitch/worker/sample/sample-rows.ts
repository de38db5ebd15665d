import type { TypedColumn } from "../../../../domain/types/column-type.ts";
import type { DataFrame } from "../../../../polars/polars.ts";
import { pl } from "../../../../polars/polars.ts";
import type { RowKeys } from "../../../../responses/pairing/pair-line.ts";
import type { DecodedAnswers } from "../../../../responses/read/decoded-answers.ts";
import { chooseRows } from "../../../../util/choose-rows.ts";
import type { RowFormat } from "../../../shard/worker/encode-chunk.ts";
import { writeSingleRows } from "../../../shard/worker/encode-chunk.ts";
import { keysOf } from "../../../shard/worker/row-keys.ts";
import { jsonTexts } from "./json-texts.ts";

/** Which rows of a shard are set aside while it is stitched, to be scored again. */
export type SampleRequest = Pick<RowFormat, "features" | "widths"> & {
  /** How many rows; fewer if fewer have a prediction. */
  readonly rows: number;
  readonly seed: string;
  /** Source columns by which a person finds a row. */
  readonly identity: readonly string[];
  /** File for their requests, one row each. */
  readonly path: string;
};

export type SampledRow = {
  /** 0-based position in the shard. */
  readonly row: number;
  /** JSON of the identity columns. */
  readonly identity: string;
  /** JSON of the prediction as it was answered. */
  readonly prediction: string;
  /** Its key, if predictions are paired by one. */
  readonly key: string | null;
};

/** The rows in the order of the file. */
export type RowSample = { readonly path: string; readonly rows: readonly SampledRow[] };

/** A shard whose answers are joined with its rows. */
export type JoinedShard = Pick<RowFormat, "protocol" | "options"> & {
  /** The source as c0, c1, …, in the order of the answers. */
  readonly joined: DataFrame;
  readonly answers: DecodedAnswers;
  readonly source: readonly TypedColumn[];
  readonly firstId?: number;
};

/** Writes the requests of some of the rows that have a prediction, out of the rows as they were frozen. */
export function sampleRows(
  { joined, answers, source, protocol, options, firstId = 0 }: JoinedShard,
  { rows, seed, identity, features, widths, path }: SampleRequest,
): RowSample {
  const chosen = chooseScored(joined.height, answers, rows, seed);
  if (chosen.length === 0) return { path, rows: [] };
  const sample = pickRows(joined, chosen).hstack(pickRows(answers.predictions, chosen)) as unknown as DataFrame;
  writeSingleRows(sample, { columns: source, features, protocol, options, widths }, firstId, path);
  const named = source
    .map((each, index) => ({ ...each, alias: `c${index}` }))
    .filter(({ name }) => identity.includes(name));
  const identities = jsonTexts(sample, named);
  const predictions = predictionTexts(sample, answers);
  const keys = keysIn(sample, source, options);
  return {
    path,
    rows: chosen.map((row, index) => ({
      row,
      identity: identities[index] as string,
      prediction: predictions[index] as string,
      key: keys?.[index] ?? null,
    })),
  };
}

/** Positions of rows that have a prediction. */
function chooseScored(height: number, { failures }: DecodedAnswers, rows: number, seed: string): readonly number[] {
  if (failures.length === 0) return chooseRows(height, rows, seed);
  const failed = new Set(failures.map(({ row }) => row));
  const scored = Array.from({ length: height }, (_, row) => row).filter((row) => !failed.has(row));
  return chooseRows(scored.length, rows, seed).map((index) => scored[index] as number);
}

/** By slices, which copy nothing of the rows between: a filter would pass over the whole shard. */
function pickRows(frame: DataFrame, rows: readonly number[]): DataFrame {
  const isWhole = rows.length === frame.height;
  return isWhole ? frame : pl.concat(rows.map((row) => frame.slice(row, 1)));
}

function keysIn(sample: DataFrame, source: readonly TypedColumn[], { pairing }: RowFormat["options"]): RowKeys {
  if (pairing?.by !== "key") return null;
  const index = source.findIndex(({ name }) => name === pairing.column);
  return keysOf(sample, { ...(source[index] as TypedColumn), alias: `c${index}` });
}

function predictionTexts(frame: DataFrame, { type }: Pick<DecodedAnswers, "type">): string[] {
  if (type === "Null") return new Array<string>(frame.height).fill("null");
  const texts = jsonTexts(frame, [{ alias: "prediction", name: "v", type }]);
  return texts.map((text) => text.slice('{"v":'.length, -1));
}
