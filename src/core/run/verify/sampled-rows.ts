import type { ShardRecord } from "../../domain/shard-record.ts";
import type { ChosenColumns } from "../../stages/extract/choose-columns.ts";
import type { RowSample, SampledRow } from "../../stages/stitch/worker/sample/sample-rows.ts";
import { expandRunLengths } from "../../util/run-lengths.ts";

/** Rows of one shard that were set aside while it was stitched. */
export type ShardSample = { readonly record: ShardRecord; readonly sample: RowSample };

/** A row that is sent again. */
export type ChosenRow = SampledRow & {
  /** Its position among all sampled rows. */
  readonly at: number;
  readonly record: ShardRecord;
};

/** The sampled rows, or if there are more than wanted as many of them, one of each shard first. */
export function chooseSampled(samples: readonly ShardSample[], rows: number): ChosenRow[] {
  const all: (ChosenRow & { readonly rank: number })[] = [];
  for (const { record, sample } of samples)
    for (const [rank, row] of sample.rows.entries()) all.push({ ...row, rank, record, at: all.length });
  return all
    .sort((a, b) => a.rank - b.rank || a.at - b.at)
    .slice(0, rows)
    .sort((a, b) => a.at - b.at)
    .map(({ rank: _, ...row }) => row);
}

/** Columns that name a row for a person: those that the model does not get, such as ids; if there are none, what it gets. */
export function identityNames({ features, keep }: ChosenColumns): string[] {
  const aside = keep.filter((name) => !features.includes(name));
  return (aside.length > 0 ? aside : [...features]).slice(0, MOST_COLUMNS);
}

const MOST_COLUMNS = 5;
const MOST_IDENTITY = 200;

/** How a person finds the row: its position in the source, and columns that name it. */
export function describeRow(chosen: ChosenRow): string {
  const { position } = placeOf(chosen);
  const { identity } = chosen;
  const columns = identity.length <= MOST_IDENTITY ? identity : `${identity.slice(0, MOST_IDENTITY)}…`;
  return `row ${position} of the source (0-based)${identity === "{}" ? "" : `, ${columns}`}`;
}

export type RowPlace = {
  /** 0-based row of the source; lower by the rows before it in its chunk that no request can carry. */
  readonly position: number;
  readonly shard: number;
  /** Request line in the shard, and the place in it. */
  readonly line: number;
  readonly batchIndex: number;
};

export function placeOf({ record, row }: Pick<ChosenRow, "record" | "row">): RowPlace {
  let batchIndex = row;
  let line = 0;
  for (const rows of expandRunLengths(record.line_rows)) {
    if (batchIndex < rows) break;
    batchIndex -= rows;
    line += 1;
  }
  return { position: record.request.first_id + row, shard: record.shard, line, batchIndex };
}
