import type { ColumnType, TypedColumn } from "../../domain/types/column-type.ts";
import { typeText } from "../../domain/types/column-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import type { RequestOptions } from "../../protocols/request-options.ts";
import { planTensors } from "./tensor-plan.ts";

/** Throws `COLUMN_TYPE_UNSUPPORTED` if a feature has a type that no request of the protocol can carry. */
export function assertFeatures(
  columns: readonly TypedColumn[],
  features: readonly string[],
  protocol: ProtocolId,
  options: RequestOptions,
): void {
  const sent = columns.filter(({ name }) => features.includes(name));
  if (protocol === "open_inference")
    planTensors(
      sent.map((each) => ({ ...each, alias: "" })),
      options,
      {},
    );
  if (options.shape?.rowForm === "value" && sent.length !== 1) {
    throw new ScoreframeError(
      "JOB_INVALID",
      `request.row_form: value sends the value of one feature, and there are ${sent.length}. Set model.features to one column, or another row_form.`,
      { option: "request.row_form" },
    );
  }
  const culprit = sent.find(({ type }) => protocol === "csv" && isNested(type));
  if (culprit === undefined) return;
  throw new ScoreframeError(
    "COLUMN_TYPE_UNSUPPORTED",
    `The protocol "${protocol}" cannot carry the column ${JSON.stringify(culprit.name)}, whose type is ${typeText(culprit.type)}. ` +
      "Take it apart in the SQL, leave it out of model.features, or set another model.protocol.",
    { option: "model.protocol", details: { column: culprit.name, type: typeText(culprit.type) } },
  );
}

function isNested(type: ColumnType): boolean {
  return typeof type === "object" && ("List" in type || "Array" in type || "Struct" in type);
}
