import { parsePredictionTypes } from "../../../../src/core/domain/types/parse-prediction-type.ts";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../src/core/protocols/request-options.ts";
import { readParquetSchema } from "../../../../src/core/stages/extract/worker/parquet-schema.ts";
import type { StitchOutcome, StitchShardInput } from "../../../../src/core/stages/stitch/worker/stitch-shard.ts";
import { stitchShard } from "../../../../src/core/stages/stitch/worker/stitch-shard.ts";
import type { Lab } from "./lab.ts";

export type StitchOptions = Partial<Omit<StitchShardInput, "contract" | "naming">> & {
  readonly predictions?: Readonly<Record<string, string>>;
  readonly prefix?: string;
  readonly flatten?: boolean;
};

/** Stitches the answer lines to a features file, as shard 4 whose first request line is number 100 of its run. */
export function stitchAnswers(
  lab: Lab,
  featuresPath: string,
  answers: readonly string[],
  options: StitchOptions = {},
): StitchOutcome {
  const { predictions, prefix, flatten, ...others } = options;
  return stitchShard({
    shard: 4,
    featuresPath,
    responsePath: lab.write("answers.jsonl.out", answers.map((line) => `${line}\n`).join("")),
    firstRowId: 100,
    lineRows: [[1, answers.length]],
    protocol: "instances",
    options: DEFAULT_REQUEST_OPTIONS,
    naming: { prefix: prefix ?? "", flatten: flatten ?? false },
    contract: parsePredictionTypes(predictions),
    source: readParquetSchema(featuresPath),
    keep: ["id"],
    partitionBy: [],
    includeRowId: false,
    outputPath: lab.path("stitched.parquet"),
    deadLetterPath: lab.path("dead-letter.parquet"),
    ...others,
  });
}
