import type { ColumnType, TypedColumn } from "../../domain/types/column-type.ts";
import { isDecimal, isInteger } from "../../domain/types/column-type.ts";
import { sqlType } from "../../domain/types/sql-type.ts";
import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { Job } from "../../job/schema/job.ts";
import type { JsonPath } from "../../json/json-pointer.ts";
import { parsePointer } from "../../json/json-pointer.ts";
import type { BackendCapabilities } from "../../ports/backend-capabilities.ts";
import type { Pairing } from "../../protocols/pairing/pairing.ts";
import { pairingOption } from "../../protocols/pairing/pairing.ts";
import type { Protocol } from "../../protocols/protocol.ts";

type PairedJob = Pick<Job, "model" | "response">;

/** How the job says that predictions find their rows, or null. Throws `JOB_INVALID` if its requests cannot carry a key. */
export function chosenPairing(
  job: PairedJob,
  protocol: Protocol,
  { requestHeader }: Pick<BackendCapabilities, "requestHeader">,
): Pairing | null {
  const { key, index } = job.response ?? {};
  if (key !== undefined && index !== undefined)
    throw invalid("response.index", "cannot be set together with response.key. Remove one of them.");
  if (index !== undefined) return { by: "index", at: memberPath(index) };
  if (key === undefined) return null;
  const { column, at = column } = typeof key === "string" ? { column: key } : key;
  const isNamed = hasNamedRows(protocol) && job.model.tensor === undefined;
  // A backend whose requests have no header pairs whole files, for which the table has the keys.
  if (!isNamed && !(protocol.rowForm === "csv" && !requestHeader))
    throw invalid("response.key", `needs requests that name their columns. ${NAMED[protocol.rowForm]}`);
  if (!takesMoreColumns(protocol) && !isFeature(column, job))
    throw invalid(
      "response.key",
      `names the column "${column}", which is no feature, and the protocol "${protocol.id}" sends features alone. Add it to model.features, or set model.protocol to records.`,
    );
  return { by: "key", column, at: typeof key === "string" ? [key] : memberPath(at) };
}

/** Throws `COLUMN_TYPE_UNSUPPORTED` if values of the key's type cannot be compared exactly. */
export function assertKeyType(columns: readonly TypedColumn[], pairing: Pairing | null): void {
  if (pairing?.by !== "key") return;
  const key = columns.find(({ name }) => name === pairing.column);
  if (key === undefined || isKeyType(key.type)) return;
  throw new ScoreframeError(
    "COLUMN_TYPE_UNSUPPORTED",
    `${pairingOption(pairing)} names the column ${JSON.stringify(key.name)}, whose type is ${sqlType(key.type)}: a key must be an integer, text, a date or a time. Cast it in the SQL, for example to VARCHAR.`,
    { option: pairingOption(pairing), details: { column: key.name, type: sqlType(key.type) } },
  );
}

function isKeyType(type: ColumnType): boolean {
  if (isDecimal(type)) return type.Decimal[1] === 0;
  if (typeof type === "string") return isInteger(type) || KEY_TYPES.includes(type);
  return "Datetime" in type;
}

const KEY_TYPES: readonly ColumnType[] = ["String", "Date", "Time"];

/** A name, or a JSON pointer: the schema has checked it. */
function memberPath(member: string): JsonPath {
  return (member.startsWith("/") ? parsePointer(member) : null) ?? [member];
}

/** Whether a column is sent to the model without being asked for. */
function isFeature(column: string, { model }: PairedJob): boolean {
  return model.features?.includes(column) ?? model.passthrough?.includes(column) !== true;
}

function hasNamedRows({ id, rowForm, header }: Protocol): boolean {
  if (rowForm === "csv") return header(["a"]) !== null;
  return rowForm === "object" || rowForm === "tensors" || id === "dataframe_split";
}

/** Whether rows may have a column that the model does not ask for: their columns have names. */
function takesMoreColumns({ id, rowForm }: Protocol): boolean {
  return rowForm === "object" || id === "dataframe_split";
}

const NAMED: Readonly<Record<Protocol["rowForm"], string>> = {
  object: "",
  array: "Set request.row_form to object, or use response.index.",
  value: "Set request.row_form to object, or use response.index.",
  csv: "Set requests.csv_header to true, or use response.index.",
  tensors: "Leave model.tensor out, or use response.index.",
};

function invalid(option: string, complaint: string): ScoreframeError {
  return new ScoreframeError("JOB_INVALID", `${option} ${complaint}`, { option });
}
