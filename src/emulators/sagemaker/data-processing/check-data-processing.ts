import { notEmulated, validationError } from "../../host/service-error.ts";
import type { CreateTransformJobInput } from "../shapes/transform-job.ts";
import { mediaType, processingOf } from "./data-processing.ts";
import { RECORD_FORMATS } from "./record-format.ts";

/** Characters that a filter may have, in addition to letters and digits; the underscore is not among them (aws/aws-sdk#184). */
const OPERATORS = ["$", "[", "]", "*", ".", " ", ",", ":", "-", "'"] as const;
/** Rows of CSV have no names. */
const CSV_OPERATORS = OPERATORS.filter((operator) => operator !== "'" && operator !== ".");

/** The settings that must agree if records are filtered or joined (developer guide, "Associate Prediction Results with Input Records"). */
export function checkDataProcessing(input: CreateTransformJobInput): void {
  const { inputFilter, outputFilter, joins } = processingOf(input);
  if (inputFilter === "$" && outputFilter === "$" && !joins) return;
  const { TransformInput, TransformOutput } = input;
  const type = mediaType(TransformInput.ContentType);
  const accept = mediaType(TransformOutput.Accept);
  if (!(type in RECORD_FORMATS) || type !== accept) {
    throw validationError(
      `DataProcessing needs ContentType and Accept to be the same one of ${Object.keys(RECORD_FORMATS).join(", ")}; they are '${type}' and '${accept}'.`,
    );
  }
  const { SplitType = "None" } = TransformInput;
  const { AssembleWith = "None" } = TransformOutput;
  if (SplitType !== AssembleWith || (type === "text/csv" && SplitType !== "Line")) {
    const needed = type === "text/csv" ? "to be Line" : "to be the same";
    throw validationError(
      `DataProcessing of ${type} needs SplitType and AssembleWith ${needed}; they are ${SplitType} and ${AssembleWith}.`,
    );
  }
  if (input.MaxPayloadInMB === 0) throw notEmulated("DataProcessing with MaxPayloadInMB 0", "Give a limit.");
  checkFilter("InputFilter", inputFilter, type);
  checkFilter("OutputFilter", outputFilter, type);
}

function checkFilter(name: string, filter: string, type: string): void {
  const operators: readonly string[] = type === "text/csv" ? CSV_OPERATORS : OPERATORS;
  const letters = type === "text/csv" ? /[0-9]/ : /[a-zA-Z0-9]/;
  const unexpected = [...filter].find((character) => !operators.includes(character) && !letters.test(character));
  if (unexpected === undefined) return;
  const list = operators.map((operator) => `'${operator}'`).join(", ");
  throw validationError(
    `Invalid ${name}: "${filter}". Unexpected "${unexpected}" in JsonPath. Supported operators for "${type}" are [${list}].`,
  );
}
