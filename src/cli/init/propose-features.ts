import type { Column } from "../../core/ports/frame-source.ts";

/** Columns that a model can read as numbers, and why the others are not proposed. */
export type Proposal = {
  readonly features: readonly string[];
  readonly left: readonly { readonly name: string; readonly reason: string }[];
};

const NUMBER = /^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|REAL|DECIMAL\(.*\))$/;
/** Names of numbers that are not quantities: `id`, `customer_id`, `customerId`, `row_key`, `uuid`. */
const IDENTIFIER = /(^|_)(id|ids|key|uuid|guid|number|no)$/;

/** Proposes the columns that are numbers or booleans, without identifiers and partitions. */
export function proposeFeatures(columns: readonly Column[], partitionBy: readonly string[] = []): Proposal {
  const judged = columns.map((column) => ({ name: column.name, reason: reasonAgainst(column, partitionBy) }));
  return {
    features: judged.filter(({ reason }) => reason === null).map(({ name }) => name),
    left: judged.flatMap(({ name, reason }) => (reason === null ? [] : [{ name, reason }])),
  };
}

function reasonAgainst({ name, type }: Column, partitionBy: readonly string[]): string | null {
  if (partitionBy.includes(name)) return "a partition";
  if (type !== "BOOLEAN" && !NUMBER.test(type)) return "neither a number nor a boolean";
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  return IDENTIFIER.test(words) ? "named like an identifier" : null;
}
