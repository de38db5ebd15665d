import type { ModelRow } from "../../model.ts";
import { ServerError } from "./server/server-error.ts";

/** Makes rows of lists of values: a value for each column, in this order. */
export function rowByColumns(columns: readonly string[]): (values: readonly unknown[]) => ModelRow {
  return (values) => {
    if (values.length === columns.length) {
      // Not by assignment: a column may be called __proto__.
      return Object.fromEntries(columns.map((column, at) => [column, values[at]]));
    }
    const message = `A row has ${values.length} values, and the model takes ${columns.length}: ${columns.join(", ")}.`;
    throw new ServerError(400, "INVALID_REQUEST", message);
  };
}
