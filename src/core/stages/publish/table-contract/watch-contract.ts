import { partitionFolder } from "../../../domain/hive-path.ts";
import type { TableColumn, TableManifest } from "../../../domain/table-manifest.ts";
import type { TypedColumn } from "../../../domain/types/column-type.ts";
import { isFloat } from "../../../domain/types/column-type.ts";
import { contractColumns } from "../../../domain/types/contract-columns.ts";
import { leafCasts } from "../../../domain/types/exact-cast.ts";
import { parsePredictionTypes } from "../../../domain/types/parse-prediction-type.ts";
import type { Job } from "../../../job/schema/job.ts";
import type { OutputIntent, TableOutput } from "../../../ports/table-output.ts";
import type { FramePool } from "../../../worker/frame-pool.ts";
import type { ChosenColumns } from "../../extract/choose-columns.ts";
import type { ExtractedInput } from "../../extract/extract.ts";
import type { FindLossyCasts } from "./assert-contract.ts";
import { assertExactCasts, assertSameColumns } from "./assert-contract.ts";
import type { Comparison } from "./compare-columns.ts";
import { compareColumns } from "./compare-columns.ts";
import { typesChanged } from "./contract-error.ts";
import { inTableTypes } from "./in-table-types.ts";
import { identityColumns } from "./known-schema.ts";
import type { TableContract } from "./table-contract.ts";
import { tableContract } from "./table-contract.ts";

/**
 * Holds a run to the columns of the table that it adds to, as early as can be: publishing does so for good. Both functions throw
 * `OUTPUT_SCHEMA_CHANGED`.
 */
export type ContractWatch = {
  /** The table as it was when the run began; null if there was none. */
  readonly former: TableManifest | null;
  /** Whether the columns of the source, or the predictions that the job states, are not those of the table. Reads no row. */
  differs(): boolean;
  /** Whether the shard's predictions are not those of the table. Reads no row. */
  differsFrom(shard: Pick<StitchedPredictions, "predictionColumns">): boolean;
  /** Before anything is scored: the source's columns, and the predictions that the job states. */
  checkSource(): Promise<void>;
  /** As soon as a shard has its predictions. */
  checkShard(shard: StitchedPredictions): Promise<void>;
};

type StitchedPredictions = {
  readonly path: string;
  readonly scored: number;
  readonly predictionColumns: readonly TypedColumn[];
};

export type WatchInput = {
  readonly output: Pick<TableOutput, "location" | "manifest">;
  readonly intent: OutputIntent;
  readonly job: Job;
  readonly table: ExtractedInput;
  readonly columns: ChosenColumns;
};

export async function watchContract(
  { output, intent, job, table, columns }: WatchInput,
  pool: FramePool,
  signal: AbortSignal,
): Promise<ContractWatch> {
  const manifest = await output.manifest();
  const most = tableContract(output.location, manifest, intent, null);
  if (most === null) return { ...NOTHING_TO_WATCH, former: manifest };
  const prefix = job.output.prefix ?? "";
  const findLossyCasts: FindLossyCasts = (check) => pool.run("findLossyCasts", check, signal);

  let settled: Promise<TableContract | null> | undefined;
  /** Null if every partition of the table is replaced. Known by reading the source's partition columns, which a run that fits need not do. */
  const settle = (): Promise<TableContract | null> => {
    settled ??= replacedPartitions(table, intent, pool, signal).then((replaced) =>
      tableContract(output.location, manifest, intent, replaced),
    );
    return settled;
  };
  const source = sourceColumns(job, table, columns);
  const stated = statedPredictions(job);
  const beforeScoring = compareColumns(most, [...source, ...(stated ?? [])], stated === null ? "predictions" : "none");

  return {
    former: manifest,
    differs: () => differs(beforeScoring),
    differsFrom: ({ predictionColumns }) =>
      differs(compareColumns(most, inTableTypes(predictionsOf(predictionColumns), most.columns), "all")),
    async checkSource() {
      const contract = differs(beforeScoring) ? await settle() : null;
      if (contract === null) return;
      assertSameColumns(contract, beforeScoring);
      assertStatedTypes(contract, beforeScoring, stated ?? [], prefix);
      const names = new Set(source.map(({ name }) => name));
      const casts = beforeScoring.casts.filter(({ column }) => names.has(column));
      const file = { path: table.path, rows: table.rows, columns: source, prefix };
      await assertExactCasts(contract, { ...beforeScoring, casts }, file, findLossyCasts);
    },
    async checkShard({ path, scored, predictionColumns }) {
      const now = inTableTypes(predictionsOf(predictionColumns), most.columns);
      const comparison = compareColumns(most, now, "all");
      const contract = differs(comparison) ? await settle() : null;
      if (contract === null) return;
      assertSameColumns(contract, comparison);
      await assertExactCasts(contract, comparison, { path, rows: scored, columns: now, prefix }, findLossyCasts);
    },
  };
}

const NOTHING_TO_WATCH: Omit<ContractWatch, "former"> = {
  differs: () => false,
  differsFrom: () => false,
  checkSource: async () => undefined,
  checkShard: async () => undefined,
};

function differs({ casts, added, missing }: Comparison): boolean {
  return casts.length + added.length + missing.length > 0;
}

function sourceColumns(job: Job, table: ExtractedInput, { keep }: ChosenColumns): TableColumn[] {
  const kept = [...identityColumns(job), ...table.columns.filter(({ name }) => keep.includes(name))];
  return kept.map((column) => ({ ...column, role: "source" }));
}

function statedPredictions({ output }: Job): TableColumn[] | null {
  const stated = parsePredictionTypes(output.predictions);
  if (stated === null) return null;
  return predictionsOf(contractColumns(stated, output.prefix ?? ""));
}

function predictionsOf(columns: readonly TypedColumn[]): TableColumn[] {
  return columns.map((column) => ({ ...column, role: "prediction" }));
}

/** A type that is stated otherwise than the table's is not meant to hold values of the table's: floats in the place of whole numbers. */
function assertStatedTypes(
  contract: TableContract,
  { casts }: Comparison,
  stated: readonly TableColumn[],
  prefix: string,
): void {
  const conflicts = casts.flatMap(({ column: name, from, to }) => {
    const column = stated.find((each) => each.name === name);
    const cannot = leafCasts(from, to).some(
      (leaf) => leaf.exactness === "never" || (leaf.exactness === "by_value" && isFloat(leaf.from)),
    );
    return column === undefined || !cannot ? [] : [{ column, wanted: to, value: null }];
  });
  if (conflicts.length > 0) throw typesChanged(contract, conflicts, prefix);
}

/** The folders of the partitions that the rows of the source belong to; null if they replace none. */
async function replacedPartitions(
  { path, rows, columns }: ExtractedInput,
  { ifExists, partitionBy }: OutputIntent,
  pool: FramePool,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | null> {
  if (ifExists !== "overwrite_partitions" || partitionBy.length === 0) return null;
  const keys = partitionBy.flatMap((name) => columns.filter((column) => column.name === name));
  const partitions = await pool.run("distinctPartitions", { path, rows, columns: keys }, signal);
  return new Set(partitions.map((values) => partitionFolder(partitionBy, values)));
}
