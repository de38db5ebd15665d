import { stat } from "node:fs/promises";
import { closest } from "fastest-levenshtein";
import { tableUnreadable } from "../../../tables/table-error.ts";
import type { TableInput } from "../../../tables/table-input.ts";
import type { Findings, Reading, Rewrite } from "../json-reading.ts";
import { assertDistinctNames, readingOf, rewriteOfFields } from "../json-reading.ts";
import { compressionOf } from "../open-json.ts";
import type { DeclaredType } from "../types/declared-type.ts";
import type { JsonSurvey } from "./json-survey.ts";
import { addDeclaredColumn, createJsonSurvey } from "./json-survey.ts";
import type { JsonFile, JsonLayout, JsonProblem } from "./read-records.ts";
import { readRecords } from "./read-records.ts";
import { createRecordScanner } from "./scan-record.ts";

/** What is known of a table after all of its rows were read once. */
export type SurveyedTable = {
  /** The files that have rows, in order. */
  readonly files: readonly (JsonFile & JsonLayout)[];
  readonly columns: readonly { readonly name: string; readonly reading: Reading }[];
  /** How rows are written again before they are read; undefined if they are read as they are. */
  readonly rewrite: Rewrite | undefined;
  readonly warnings: readonly string[];
};

/** Surveys a table, or returns the earlier survey if no file has changed since. */
export async function surveyTable(
  input: TableInput,
  types: ReadonlyMap<string, DeclaredType>,
  signal: AbortSignal,
): Promise<SurveyedTable> {
  const stamps = await Promise.all(input.found.files.map(stampOf));
  const key = JSON.stringify(["json", input.name, input.options.types, stamps]);
  return input.memory.remember(key, () => survey(input, types, signal));
}

/** What changes when a file is written again. */
async function stampOf(path: string): Promise<readonly string[]> {
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [path, String(ino), String(size), String(mtimeNs), String(ctimeNs)];
}

async function survey(
  input: TableInput,
  types: ReadonlyMap<string, DeclaredType>,
  signal: AbortSignal,
): Promise<SurveyedTable> {
  const problem = problemOf(input);
  const found = createJsonSurvey(types);
  const files: (JsonFile & JsonLayout)[] = [];
  for (const path of input.found.files) {
    const file: JsonFile = { path, compression: await compressionOf(path) };
    const layout = await readRecords(file, problem, signal, (cursor) => createRecordScanner(found, cursor));
    if (layout.shape !== "empty") files.push({ ...file, ...layout });
  }
  assertColumns(input, found);
  const warnings: string[] = [];
  const findings: Findings = {
    warnings,
    invalidName: (reason, place) =>
      place === undefined
        ? tableUnreadable(input.name, input.found.path, reason)
        : problem(place.file, reason, place.line),
  };
  const columns = columnsOf(found, findings);
  return { files, columns, rewrite: rewriteOfFields(columns), warnings };
}

/** Errors of a table's file, with the line. */
export function problemOf({ name }: TableInput): JsonProblem {
  return (file, reason, line) => tableUnreadable(name, file, `line ${line}: ${reason}`);
}

function columnsOf({ root }: JsonSurvey, findings: Findings): { name: string; reading: Reading }[] {
  const unnamed = root.order.find(({ name }) => name === "" || name.includes("\0"));
  if (unnamed !== undefined) {
    const what = unnamed.name === "" ? "an empty key" : "a key with a NUL character";
    throw findings.invalidName(`it has ${what} ("": …), and a column needs a name. Rename it`, unnamed.firstSeen);
  }
  assertDistinctNames(root, findings);
  return root.order.map((field) => ({ name: field.name, reading: readingOf(field, findings) }));
}

/** The columns must be known, and those that the job declares must be there. */
function assertColumns(input: TableInput, survey: JsonSurvey): void {
  const { root, objects, types } = survey;
  if (objects === 0) for (const name of types.keys()) addDeclaredColumn(survey, name);
  if (root.order.length === 0) {
    const problem = objects === 0 ? "it has no rows" : "its rows are objects without a key";
    throw tableUnreadable(
      input.name,
      input.found.path,
      `${problem}, so its columns are unknown. Declare them (types: { id: BIGINT, … }), or write a Parquet file, whose columns are known without rows`,
    );
  }
  const unknown = [...types.keys()].find(
    (name) => !root.fields.has(name) && !input.hive.some((column) => column.name === name),
  );
  if (unknown === undefined) return;
  throw tableUnreadable(
    input.name,
    input.found.path,
    `\`types\` declares the column "${unknown}", and no row has it. The nearest is "${closest(unknown, [...root.fields.keys()])}". ` +
      `Correct source.tables.${input.name}.types`,
  );
}
