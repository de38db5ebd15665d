import type { TypedColumn } from "./types/column-type.ts";

/** A column that is sent, and whether the sample has a null in it. */
export type SentColumn = TypedColumn & { readonly hasNull: boolean };
