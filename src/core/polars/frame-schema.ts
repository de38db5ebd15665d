import type { TypedColumn } from "../domain/types/column-type.ts";
import { readArrowSchema } from "./arrow-schema.ts";
import type { DataFrame } from "./polars.ts";

/** Names and types of a frame; `frame.schema` throws if a column is binary. The names must be the engine's own (`c0`). */
export function frameSchema(frame: DataFrame): TypedColumn[] {
  return readArrowSchema(frame.limit(0).writeIPC());
}
