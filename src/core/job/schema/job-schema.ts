import { z } from "zod";
import { PREDICTION_TYPE_NAMES, parsePredictionType } from "../../domain/types/parse-prediction-type.ts";
import { messageOf } from "../../errors/scoreframe-error.ts";
import { parsePointer } from "../../json/json-pointer.ts";
import { PROTOCOL_IDS } from "../../protocols/protocols.ts";
import { KEEP_PATTERN } from "./keep.ts";
import { sourceSchema } from "./source-schema.ts";

const text = z.string().min(1);

const columns = z.array(text).check((context) => {
  const twice = context.value.find((name, index) => context.value.indexOf(name) !== index);
  if (twice === undefined) return;
  context.issues.push({ code: "custom", message: `names the column \`${twice}\` twice`, input: context.value });
});

const predictionType = text.check((context) => {
  try {
    parsePredictionType(context.value);
  } catch (error) {
    context.issues.push({ code: "custom", message: messageOf(error), input: context.value });
  }
});

const model = z.strictObject({
  features: columns
    .min(1)
    .optional()
    .describe("Columns that are sent to the model. Without it: all but `passthrough`."),
  passthrough: columns
    .optional()
    .describe("Columns that are not sent and come back in the output. Without it: all that are not `features`."),
  protocol: z
    .enum(PROTOCOL_IDS)
    .optional()
    .describe("How rows are written into a request. Without it: the protocol that the backend names first."),
  tensor: text
    .optional()
    .describe(
      "For the protocol `open_inference`: the name of one tensor for all features. Without it, each feature is a tensor of its own name.",
    ),
  params: z
    .record(text, z.json())
    .optional()
    .describe(
      "Parameters of the model, sent with every request in addition to its rows, if the [protocol](protocols.md#parameters) has a place for them.",
    ),
});

const requests = z.strictObject({
  file_size_mb: z
    .number()
    .positive()
    .default(5)
    .describe(
      "Most megabytes (10^6 bytes) in one request file, which is one shard: the unit of scoring, retry and the ledger.",
    ),
  batch_size: z
    .int()
    .min(1)
    .optional()
    .describe(
      "Most rows in one request. Without it: 500, and no more than 1 MB (10^6 bytes) of them; 5 with the backend `sagemaker`.",
    ),
  non_finite: z
    .enum(["null", "text", "error"])
    .nullable()
    .default("null")
    .describe(
      "How NaN and infinities among the features are sent: as `null`, as the texts `NaN`, `Infinity` and `-Infinity`, or not at all: the row becomes a " +
        "dead letter.",
    ),
  csv_header: z
    .boolean()
    .optional()
    .describe(
      "For the protocol `csv`: whether each request begins with a line of the features' names. Without it: yes, if the backend can. The sagemaker backend sends none, and its built-in algorithms expect none.",
    ),
});

const pointer = z.string().check((context) => {
  if (parsePointer(context.value) !== null) return;
  const message = 'expected a JSON pointer: "" (the whole body), or text that begins with "/", such as /data';
  context.issues.push({ code: "custom", message, input: context.value });
});

const request = z.strictObject({
  rows: pointer
    .optional()
    .describe(
      'JSON pointer (RFC 6901) to the list of rows in the body of a request: `/data` makes `{"data": [row, …]}`, `/payload/rows` nested objects, and `""` the list alone.',
    ),
  row: pointer
    .optional()
    .describe(
      'Instead of `rows`, for a server that takes one row per request: JSON pointer to the row. `/features` makes `{"features": row}`, and `""` the row alone.',
    ),
  row_form: z
    .enum(["object", "array", "value"])
    .optional()
    .describe(
      'A row as an object by column (`{"a":1,"b":2}`), as a list of its values (`[1,2]`), or as the value of its only feature (`1`). Without it: `object`.',
    ),
  body: z
    .record(text, z.json())
    .optional()
    .describe("Other members of the body, the same in every request: `{ model: churn, version: 3 }`."),
});

/** A member of a prediction: its name, or a JSON pointer. */
const member = text.check((context) => {
  if (!context.value.startsWith("/") || parsePointer(context.value) !== null) return;
  const message = "expected the name of a member, or a JSON pointer such as /meta/id";
  context.issues.push({ code: "custom", message, input: context.value });
});

const response = z.strictObject({
  predictions: pointer
    .optional()
    .describe(
      'JSON pointer to the predictions in the body of a response: a list with one for each row, or, with `request.row`, the prediction of the row. `""` is the whole body. ' +
        "Without it: where the protocol has them; with `request.row`, the whole body.",
    ),
  key: z
    .union([
      text,
      z.strictObject({
        column: text.describe("Column of the source that identifies a row. It is sent with the row."),
        at: member
          .optional()
          .describe(
            "Where a prediction has it: the name of a member, or a JSON pointer (`/meta/id`, of a list `/0`). Without it: a member of the column's name.",
          ),
      }),
    ])
    .optional()
    .describe(
      "[Pairs predictions with rows by a key](protocols.md#pairing-by-key) and not by their order: a column whose value each prediction repeats under the same name, or " +
        "`{ column: id, at: /meta/id }`.",
    ),
  index: member
    .optional()
    .describe(
      "Pairs predictions with rows by the number of the row in its request, from 0, which each prediction has: the name of a member, or a JSON pointer.",
    ),
});

const backend = z.looseObject({
  kind: text.describe(
    "Where the model is: `local`, `http`, or another backend that is registered. All other keys are options of that backend, on its own page.",
  ),
});

/** Only CSV has cells that a spreadsheet could take for formulas. */
const outputOfCsv = (context: z.core.ParsePayload<{ format: string; csv_escape_formulas: boolean }>): void => {
  const { format, csv_escape_formulas: escapes } = context.value;
  if (!escapes || format === "csv") return;
  const message = `is for \`format: csv\`, and the format is ${format}`;
  context.issues.push({ code: "custom", message, path: ["csv_escape_formulas"], input: context.value });
};

const output = z
  .strictObject({
    path: text.describe(
      "Folder of the table that is written, relative to the job file's folder, or `s3://bucket/prefix`.",
    ),
    format: z.enum(["parquet", "csv", "jsonl"]).default("parquet").describe("Format of the table's files."),
    csv_escape_formulas: z
      .boolean()
      .default(false)
      .describe(
        "CSV: whether text that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) gets an apostrophe before it. " +
          "Numbers stay as they are.",
      ),
    partition_by: columns.default([]).describe("Columns that become folders named `column=value`."),
    predictions: z
      .record(text, predictionType)
      .optional()
      .describe(
        "A contract: the name and the type of every prediction column. Values are read as these types, and what is of another type fails its row. Types: " +
          `${PREDICTION_TYPE_NAMES.map((name) => `\`${name}\``).join(", ")}, each with \`not null\` behind it if null must fail its row.`,
      ),
    prefix: text.optional().describe("Put before the name of every prediction column."),
    flatten: z
      .boolean()
      .default(false)
      .describe("Whether a prediction that is an object of objects becomes flat columns, their names joined by `_`."),
    columns: z
      .enum(["predictions", "all"])
      .default("all")
      .describe(
        "`all`: every column of the source and the predictions. `predictions`: passthrough and partition columns and the predictions.",
      ),
    include_row_id: z
      .boolean()
      .default(false)
      .describe(
        "Whether the columns `row_id` (number of the request line) and `batch_index` (place in it) are written.",
      ),
    if_exists: z
      .enum(["error", "overwrite_partitions", "append"])
      .default("overwrite_partitions")
      .describe(
        "What happens to data that is there already. `overwrite_partitions` replaces the partitions that this run writes (the whole table if " +
          "there are none), so that a re-run gives the same table; `append` adds; `error` fails.",
      ),
    schema: z
      .enum(["strict", "evolve"])
      .default("strict")
      .describe(
        "What happens if the columns differ from those of the [table](output.md#the-columns-of-the-next-run) that this run adds to. `strict` rejects new and missing columns; " +
          "`evolve` adds new ones and fills missing ones with null.",
      ),
    durable: z
      .boolean()
      .default(true)
      .describe(
        "Whether a run ends only when its table is on the disk, so that it survives a power cut. `false` leaves that to the operating system. S3 stores it " +
          "either way.",
      ),
  })
  .check(outputOfCsv);

const failure = z.strictObject({
  max_failed_rows: z
    .number()
    .min(0)
    .refine((rows) => rows < 1 || Number.isInteger(rows), "expected a count (0, 1, 2 …) or a ratio between 0 and 1")
    .default(0)
    .describe(
      "How many rows may fail; if more fail, nothing is published. A count, or a ratio of the input strictly between 0 and 1.",
    ),
  max_null_predictions: z
    .union([
      z
        .number()
        .min(0)
        .refine(
          (rows) => rows < 1 || Number.isInteger(rows),
          "expected a count (0, 1, 2 …), a ratio between 0 and 1, or all",
        ),
      z.literal("all"),
    ])
    .optional()
    .describe(
      "How many predictions may be null; if more are, nothing is published. A count, a ratio of the scored rows strictly between 0 and 1, or `all`. Without it: " +
        "fewer than all.",
    ),
  min_rows: z
    .int()
    .min(1)
    .optional()
    .describe(
      "Fewest rows that the source must give. With fewer the run fails before anything is scored. Without it: a run without rows succeeds, with a warning.",
    ),
  oversized_rows: z
    .enum(["fail", "dead_letter", "skip"])
    .default("fail")
    .describe("What happens to a row that alone exceeds the backend's payload limit."),
  isolate_failed_rows: z
    .boolean()
    .default(true)
    .describe("Whether a rejected request is sent again in smaller parts, so that only the rows that fail are lost."),
});

const verify = z.union([
  z.boolean(),
  z.strictObject({
    rows: z
      .int()
      .min(0)
      .max(10_000)
      .optional()
      .describe("How many rows are sent again, spread over the whole run. Without it: 20. `0` turns it off."),
    tolerance: z
      .number()
      .min(0)
      .max(1)
      .optional()
      .describe(
        "Relative difference that numbers with a fraction may have: `0.01` is 1 %. Without it: 1e-6, and 1e-4 if the predictions have single precision (float32). " +
          "Whole numbers, texts and booleans must be the same.",
      ),
  }),
]);

const workspace = z.strictObject({
  keep: z
    .string()
    .regex(KEEP_PATTERN, "expected all, failed, none, or an age such as 12h, 7d or 4w")
    .optional()
    .describe(
      "What the workspace keeps of runs that have ended. `all`: everything. `failed`: of a run that has published, its record, ledger, dead letters and logs. " +
        "`none`: its record (`run.json`) alone, also of a failed run. `7d`, `12h`, `4w`: everything, and runs that ended longer ago are removed " +
        "when a run ends. Without it: what the program says, else `all`.",
    ),
});

const modules = z.array(text).min(1);

/** The one definition of a job: parsing, types, the published JSON Schema and the reference page come from it. */
export const jobSchema = z.strictObject({
  name: text.describe("Name of the job, in run ids and reports."),
  source: sourceSchema,
  model: model.prefault({}).describe("What the model is given."),
  requests: requests.prefault({}).describe("How rows are packed into requests."),
  request: request
    .optional()
    .describe(
      "The shape of a request's body, for servers whose JSON is not that of a [protocol](protocols.md#a-shape-of-your-own).",
    ),
  response: response.optional().describe("The shape of a response's body."),
  backend: backend.describe("Where the model is, with the options of that backend."),
  plugins: modules
    .optional()
    .describe(
      "Modules of sources and backends that are not part of the package, for `source.kind` and `backend.kind`: paths relative to the job file's folder, such as " +
        "`./my-source.ts`, or names of installed packages. See [Add a source](../guides/add-a-source.md) and [Add a backend](../guides/add-a-backend.md).",
    ),
  backends: modules.optional().describe("The same as `plugins`, under its former name."),
  output: output.describe("The table that is written."),
  failure: failure.prefault({}).describe("What happens when rows fail."),
  verify: verify
    .optional()
    .describe(
      "Before anything is published, some rows are sent to the model again, each alone, and compared with what is about to be published. `false` turns it off, here and in " +
        "`check`. Backends whose requests cost time or money (`sagemaker`) are not asked again. See [how a run works](../how-a-run-works.md#what-is-verified).",
    ),
  workspace: workspace
    .optional()
    .describe(
      "How much the workspace keeps. Its place is not a part of the job: it is given by `--workspace`, or by the program.",
    ),
});

/** Of a job whose source is a plug-in: only the plug-in knows its options. */
export const pluginSourceJobSchema = jobSchema.extend({ source: z.looseObject({ kind: text }) });
