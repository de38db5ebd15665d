import type { TableColumn } from "../../../domain/table-manifest.ts";
import type { CastCheck, LossyCast } from "../../extract/worker/lossy-casts.ts";
import type { Comparison } from "./compare-columns.ts";
import { sameButForCase } from "./compare-columns.ts";
import type { TypeConflict } from "./contract-error.ts";
import { columnsChanged, typesChanged } from "./contract-error.ts";
import type { TableContract } from "./table-contract.ts";

export type FindLossyCasts = (check: CastCheck) => Promise<readonly LossyCast[]>;

/** Throws `OUTPUT_SCHEMA_CHANGED` if columns are new or missing, unless the table may evolve. */
export function assertSameColumns(contract: TableContract, { added, missing }: Comparison): void {
  const clashing = sameButForCase(contract, added);
  if (contract.evolves ? clashing.length > 0 : added.length + missing.length > 0) {
    throw columnsChanged(contract, contract.evolves ? { added: clashing, missing: [] } : { added, missing });
  }
}

/** Throws `OUTPUT_SCHEMA_CHANGED` if a value of the file would not be the same in the table. Reads only columns whose types differ. */
export async function assertExactCasts(
  contract: TableContract,
  { casts }: Comparison,
  { path, rows, columns, prefix }: { path: string; rows: number; columns: readonly TableColumn[]; prefix: string },
  findLossyCasts: FindLossyCasts,
): Promise<void> {
  if (casts.length === 0 || rows === 0) return;
  const lossy = await findLossyCasts({ path, rows, casts });
  const conflicts = lossy.map(({ column, value }): TypeConflict => {
    const cast = casts.find((each) => each.column === column) as (typeof casts)[number];
    const role = columns.find(({ name }) => name === column)?.role;
    return { column: { name: column, type: cast.from, role }, wanted: cast.to, value };
  });
  if (conflicts.length > 0) throw typesChanged(contract, conflicts, prefix);
}
