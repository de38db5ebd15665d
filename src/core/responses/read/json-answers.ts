import type { DataFrame } from "../../polars/polars.ts";
import { pl } from "../../polars/polars.ts";
import type { Protocol } from "../../protocols/protocol.ts";
import { tensorAnswerJson } from "../../protocols/responses/tensor-answer.ts";

/** Answer lines (a column `line`), those of tensors as lists in JSON. `ids`: what each request line was called, null if that is not known. */
export function jsonAnswers(
  lines: DataFrame,
  { answerNotation }: Pick<Protocol, "answerNotation">,
  ids: readonly (string | null)[] | null,
): DataFrame {
  if (answerNotation !== "tensors") return lines;
  const texts = lines.getColumn("line").toArray() as (string | null)[];
  const json = texts.map((text, line) => tensorAnswerJson(text ?? "", ids?.[line] ?? null));
  return pl.DataFrame([pl.Series("line", json, pl.Utf8)]);
}
