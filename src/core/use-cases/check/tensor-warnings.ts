import type { SentColumn } from "../../domain/sent-column.ts";
import { datatypeOf } from "../../stages/shard/tensor-plan.ts";

/** Features that are sent as text in V2 although they are not text. Nulls need no warning: rows that a tensor cannot hold are never sent. */
export function tensorWarnings(sent: readonly SentColumn[]): string[] {
  const texts = sent.filter(({ type }) => type !== "String" && datatypeOf(type) === "BYTES");
  if (texts.length === 0) return [];
  const names = texts.map(({ name }) => JSON.stringify(name)).join(", ");
  return [
    `Tensors have no type for ${names}, which are sent as text (BYTES): if the model expects numbers, cast them in the SQL, such as price::double.`,
  ];
}
