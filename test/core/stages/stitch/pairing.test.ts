import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DEFAULT_REQUEST_OPTIONS } from "../../../../src/core/protocols/request-options.ts";
import { readParquetSchema } from "../../../../src/core/stages/extract/worker/parquet-schema.ts";
import type { EncodedPiece } from "../../../../src/core/stages/shard/worker/encode-chunk.ts";
import { stitchPair } from "../../../../src/core/stages/stitch/worker/pair/stitch-pair.ts";
import type { StitchShardInput } from "../../../../src/core/stages/stitch/worker/stitch-shard.ts";
import { stitchShard } from "../../../../src/core/stages/stitch/worker/stitch-shard.ts";
import { stitchShards } from "../../../../src/core/stages/stitch/worker/stitch-shards.ts";
import { expandRunLengths } from "../../../../src/core/util/run-lengths.ts";
import { encodeTable } from "../support/encode.ts";
import type { Answers } from "../support/faulty-answers.ts";
import { faultyAnswers } from "../support/faulty-answers.ts";
import type { Lab } from "../support/lab.ts";
import { createLab, query } from "../support/lab.ts";
import type { PairingCase } from "../support/pairing-case.ts";
import { pairingCase } from "../support/pairing-case.ts";

const RUNS = Number(process.env["PAIRING_RUNS"] ?? 30);
const PREFIX = "p ";

type Shard = {
  readonly shard: number;
  readonly firstRow: number;
  readonly firstRowId: number;
  readonly piece: EncodedPiece;
  readonly answers: Answers;
};

/**
 * The way of a run (rows from the features file, side by side with the answers) and the way of `stitch` (both sides exploded from JSON, joined
 * on row_id and batch_index) share neither input nor pairing. Both are held to what DuckDB reads of the texts that the case was made of.
 */
test("every row gets its own prediction or its own failure, whichever way it is paired", {
  timeout: 600_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(pairingCase, async (given) => {
      const lab = createLab();
      try {
        const shards = await cut(lab, given);
        for (const shard of shards) await checkShard(lab, given, shard);
        await checkTogether(lab, given, shards);
      } finally {
        lab.remove();
      }
    }),
    { numRuns: RUNS },
  );
});

async function cut(lab: Lab, given: PairingCase): Promise<Shard[]> {
  const { protocol, batchSize, maxLineBytes, maxFileBytes } = given;
  const table = await lab.parquet(
    "table.parquet",
    `select * from ${readRows(lab, "rows", given.columns, rowTexts(given))}`,
  );
  const { pieces, oversized } = await encodeTable(lab, table, { protocol, batchSize, maxLineBytes, maxFileBytes });
  expect(oversized).toBeNull();
  let firstRow = 0;
  let firstRowId = 0;
  return pieces.map((piece, shard) => {
    const lineRows = [...expandRunLengths(piece.lineRows)];
    const answers = faultyAnswers(given, lineRows, given.predictions.slice(firstRow, firstRow + piece.rows), shard);
    const cutOut = { shard, firstRow, firstRowId, piece, answers };
    firstRow += piece.rows;
    firstRowId += piece.lines;
    return cutOut;
  });
}

async function checkShard(lab: Lab, given: PairingCase, cutOut: Shard): Promise<void> {
  const { shard, firstRowId, piece, answers } = cutOut;
  const responsesPath = writeAnswers(lab, cutOut);
  const shared = { shard, firstRowId, protocol: given.protocol, options: DEFAULT_REQUEST_OPTIONS };
  for (const way of ["fast", "independent"] as const) {
    const paths = {
      outputPath: lab.path(`${shard}-${way}.parquet`),
      deadLetterPath: lab.path(`${shard}-${way}-failed.parquet`),
    };
    const stitch = () =>
      way === "fast"
        ? stitchShard(stitchInput(lab, given, cutOut, way))
        : stitchPair({
            ...shared,
            ...paths,
            answerLines: "all",
            joined: false,
            names: { request: `${shard}.jsonl`, answer: `${shard}.jsonl.out` },
            prefix: PREFIX,
            requestsPath: piece.requestPath,
            responsesPath,
          });
    if (answers.rejected) {
      expect(stitch).toThrow(expect.objectContaining({ code: "LINE_COUNT_MISMATCH" }));
      continue;
    }
    const { scored, deadLettered } = stitch();
    expect([way, scored, deadLettered]).toEqual([way, piece.rows - answers.failed.size, answers.failed.size]);
    const columns = [...IDENTITY, ...given.columns, ...predictionColumns(given)];
    expect([way, await readStitched(paths.outputPath, columns)]).toEqual([
      way,
      await expectedRows(lab, given, cutOut, false),
    ]);
    if (answers.failed.size > 0) await checkFailures(lab, paths.deadLetterPath, given, cutOut);
  }
}

/** Shards that are stitched in one task give the rows that each gives by itself, and fail as it does. */
async function checkTogether(lab: Lab, given: PairingCase, shards: readonly Shard[]): Promise<void> {
  const inputs = shards.map((shard) => stitchInput(lab, given, shard, "together"));
  if (shards.some(({ answers }) => answers.rejected)) {
    expect(() => stitchShards(inputs)).toThrow(expect.objectContaining({ code: "LINE_COUNT_MISMATCH" }));
    return;
  }
  const outcomes = stitchShards(inputs);
  const columns = [...IDENTITY, ...given.columns, ...predictionColumns(given)];
  for (const [index, shard] of shards.entries()) {
    const { scored, deadLettered, path, offset } = outcomes[index] as (typeof outcomes)[number];
    expect([scored, deadLettered]).toEqual([shard.piece.rows - shard.answers.failed.size, shard.answers.failed.size]);
    const rows = (await readStitched(path, columns)).slice(offset, offset + scored);
    expect(rows).toEqual(await expectedRows(lab, given, shard, false));
  }
}

function writeAnswers(lab: Lab, { shard, answers }: Shard): string {
  return lab.write(`${shard}.jsonl.out`, answers.lines.map((line) => `${line}\n`).join(""));
}

function stitchInput(lab: Lab, given: PairingCase, cutOut: Shard, way: string): StitchShardInput {
  const { shard, firstRowId, piece } = cutOut;
  return {
    shard,
    firstRowId,
    protocol: given.protocol,
    options: DEFAULT_REQUEST_OPTIONS,
    ...outputOf(given),
    responsePath: writeAnswers(lab, cutOut),
    featuresPath: piece.featuresPath,
    source: readParquetSchema(piece.featuresPath),
    lineRows: piece.lineRows,
    outputPath: lab.path(`${shard}-${way}.parquet`),
    deadLetterPath: lab.path(`${shard}-${way}-failed.parquet`),
  };
}

function outputOf({ columns }: PairingCase) {
  const naming = { prefix: PREFIX, flatten: false };
  return { naming, contract: null, keep: columns.map(({ name }) => name), partitionBy: [], includeRowId: true };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const rowTexts = ({ columns, rows }: PairingCase): string[] =>
  rows.map((texts) => `{${columns.map(({ name }, index) => `${JSON.stringify(name)}:${texts[index]}`).join(",")}}`);

/** A table function over lines of JSON, every column in its stated type. */
function readRows(lab: Lab, name: string, columns: PairingCase["columns"], lines: readonly string[]): string {
  const path = join(lab.folder, "json", `${name}.jsonl`);
  mkdirSync(join(lab.folder, "json"), { recursive: true });
  writeFileSync(path, lines.map((line) => `${line}\n`).join(""));
  const types = columns.map(({ name: column, type }) => `'${column.replaceAll("'", "''")}': '${type}'`).join(", ");
  return `read_json('${path}', format = 'newline_delimited', columns = {${types}})`;
}

/** Every value as text, so that nothing is rounded in the comparison; columns that are not there are null. */
function asText(columns: PairingCase["columns"], present: ReadonlySet<string>): string {
  return columns
    .map(({ name }) => {
      const column = quoted(name);
      return `${present.has(name) ? `case when ${column} is null then null else to_json(${column})::varchar end` : "null"} as ${column}`;
    })
    .join(", ");
}

const IDENTITY = [
  { name: "row_id", type: "BIGINT" },
  { name: "batch_index", type: "BIGINT" },
];

function predictionColumns({ predicted }: PairingCase): PairingCase["columns"] {
  return Object.entries(predicted).map(([name, type]) => ({ name: `${PREFIX}${name}`, type }));
}

async function readStitched(path: string, columns: PairingCase["columns"]): Promise<unknown[]> {
  const present = new Set((await query(`describe from '${path}'`)).map((column) => String(column["column_name"])));
  return query(`select ${asText(columns, present)} from '${path}'`);
}

/** The rows of a shard that did, or did not, fail, as DuckDB reads them from the texts of the case. */
function expectedRows(
  lab: Lab,
  given: PairingCase,
  { firstRow, firstRowId, piece, answers }: Shard,
  failed: boolean,
): Promise<unknown[]> {
  const columns = [...IDENTITY, ...given.columns, ...(failed ? [] : predictionColumns(given))];
  const texts = rowTexts(given);
  const lines: string[] = [];
  let row = 0;
  for (const [line, rows] of [...expandRunLengths(piece.lineRows)].entries()) {
    for (let index = 0; index < rows; index += 1, row += 1) {
      if (answers.failed.has(row) !== failed) continue;
      const identity = `"row_id":${firstRowId + line},"batch_index":${index}`;
      const prediction = failed ? [] : [predictionFields(given, firstRow + row)];
      lines.push(`{${[identity, texts[firstRow + row]?.slice(1, -1), ...prediction].join(",")}}`);
    }
  }
  const names = new Set(columns.map(({ name }) => name));
  return query(`select ${asText(columns, names)} from ${readRows(lab, "expected", columns, lines)}`);
}

function predictionFields({ predicted, predictions }: PairingCase, row: number): string {
  const text = predictions[row] as string;
  if ("prediction" in predicted) return `"${PREFIX}prediction":${text}`;
  // An object's text without its braces, each key prefixed; texts are matched whole, so that no key inside one is touched.
  if (text === "null")
    return Object.keys(predicted)
      .map((name) => `"${PREFIX}${name}":null`)
      .join(",");
  return topLevelKeysPrefixed(text).slice(1, -1);
}

function topLevelKeysPrefixed(text: string): string {
  let depth = 0;
  return text.replace(/"(?:[^"\\]|\\.)*"(:?)|[[{]|[\]}]/g, (token, colon: string) => {
    if (token === "{" || token === "[") depth += 1;
    if (token === "}" || token === "]") depth -= 1;
    return depth === 1 && colon === ":" ? `"${PREFIX}${token.slice(1)}` : token;
  });
}

/** The dead letters hold exactly the rows that failed, in order, each with a message that names what happened. */
async function checkFailures(lab: Lab, path: string, given: PairingCase, shard: Shard): Promise<void> {
  const place = `select _row_id as row_id, _batch_index as batch_index, * from '${path}'`;
  const letters = await lab.parquet("letters.parquet", place);
  const columns = [...IDENTITY, ...given.columns];
  expect(await readStitched(letters, columns)).toEqual(await expectedRows(lab, given, shard, true));
  const messages = (await query(`select _error_message as message from '${path}'`)).map(({ message }) => message);
  const wanted = [...shard.answers.failed].sort(([a], [b]) => a - b).map(([, message]) => message);
  expect(messages).toEqual(wanted.map((message) => expect.stringMatching(message) as string));
}
