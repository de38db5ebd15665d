import type { ScoredFlight } from "../../demo/flights-by-hour.ts";
import type { PeakMemory } from "../../demo/peak-memory.ts";
import type { Verification } from "../../demo/verify-flights.ts";
import type { CliStream } from "../cli-context.ts";
import type { Fact } from "../render/format-facts.ts";
import { formatFacts } from "../render/format-facts.ts";
import { formatTable } from "../render/format-table.ts";
import { runSummary } from "../render/run-summary.ts";
import { showPath } from "../render/show-path.ts";
import type { Style } from "../render/style.ts";
import { formatAmount, formatBytes, formatCount, formatSeconds } from "../render/units.ts";
import { wrapText } from "../render/wrap-text.ts";
import { drawHours } from "./draw-hours.ts";
import type { DemoDocument } from "./run-demo.ts";

export type DemoLayout = { readonly style: Style; readonly workingDirectory: string; readonly stdout: CliStream };

const WIDEST = 100;
const DEFAULT_WIDTH = 80;

const FULL_DEMO =
  "This was the small demo, of the package. The full one scores 3,000,000 flights with an ONNX model, from a checkout of the repository: npm run demo";

/** The end of a demo, as a person reads it. */
export function demoSummary(document: DemoDocument, layout: DemoLayout): string {
  const { style } = layout;
  const width = Math.min(WIDEST, layout.stdout.columns ?? DEFAULT_WIDTH);
  if (document.verification === null) return runSummary(document.report, layout);
  const heading = (text: string): string => `\n${style("bold", text)}\n`;
  const sentence = (text: string): string => `${style("dim", wrapText(text, width))}\n`;
  return [
    heading(wrapText("How probably a flight is late by 15 minutes or more, by its hour of departure", width)),
    drawHours(document.hours, width, style),
    sentence(legend(width, document.model_note)),
    heading("The first rows of the table"),
    firstRows(document.first_rows, style),
    heading("No row was lost"),
    indentedFacts(document, document.verification, width, layout),
    heading("Try next"),
    ...document.next.map((command) => `  ${command}\n`),
    ...(document.demo === "sample" ? ["\n", sentence(FULL_DEMO)] : []),
  ].join("");
}

function legend(width: number, note: string): string {
  const spread = width < 70 ? "" : " Right: how the flights of the hour are spread over the predicted probability.";
  return `Bars: mean predicted probability.${spread} ${note}`;
}

function firstRows(rows: readonly ScoredFlight[], style: Style): string {
  return formatTable(
    [
      { title: "id", align: "right" },
      { title: "departure" },
      { title: "from" },
      { title: "to" },
      { title: "delay", align: "right" },
      { title: "late?", align: "right" },
    ],
    rows.map(({ id, departure, origin, destination, delay, probability }) => [
      String(id),
      departure,
      origin,
      destination,
      `${delay} min`,
      `${(probability * 100).toFixed(1)} %`,
    ]),
    style,
  );
}

/** Names take a quarter of a narrow terminal, so texts are broken to what is left. */
function indentedFacts(
  document: DemoDocument,
  verification: Verification,
  width: number,
  { style, workingDirectory }: DemoLayout,
): string {
  const { report, peak_memory: peak, run_files: files } = document;
  const show = (path: string): string => showPath(path, workingDirectory);
  const facts: Fact[] = [
    ["ledger", ledgerText(document)],
    ["read back", readBackText(verification)],
    [
      "speed",
      `${formatCount(document.rows_per_second)} rows/s: ${formatAmount(report.ledger.scored, "row")} in ${formatSeconds(report.timings_s.total)}, all stages`,
    ],
    ["peak memory", memoryText(peak)],
    [
      "table",
      report.output === null
        ? null
        : `${show(report.output.path)} (${formatAmount(report.output.files, "file")}, ${formatBytes(report.output.bytes)})`,
    ],
    ["job", show(document.job_file)],
    [
      "run files",
      `${show(files.path)} (${formatBytes(files.bytes)}: what the model was sent and answered; delete them as you like)`,
    ],
  ];
  const room = Math.max(20, width - "peak memory".length - 4);
  return formatFacts(
    facts.map(([name, text]): Fact => [name, text === null ? null : wrapText(text, room)]),
    style,
  );
}

function ledgerText({ report: { ledger } }: DemoDocument): string {
  const { input, scored, dead_lettered: deadLettered, skipped } = ledger;
  return `${formatCount(input)} rows in = ${formatCount(scored)} scored + ${formatCount(deadLettered)} dead-lettered + ${formatCount(skipped)} skipped`;
}

function readBackText(facts: Verification): string {
  const wrong = [
    [facts.missing_rows, "missing"],
    [facts.surplus_rows, "too many"],
    [facts.changed_rows, "changed"],
    [facts.unscored_rows, "without a prediction"],
  ] as const;
  return (
    `DuckDB compared the table with the source by id: ${formatCount(facts.source_rows)} rows there, ${formatCount(facts.table_rows)} here with ` +
    `${formatCount(facts.distinct_ids)} different ids; ${wrong.map(([count, word]) => `${formatCount(count)} ${word}`).join(", ")}. ` +
    `Flights that look the same to the model got the same answer: ${formatCount(facts.contradictory_groups)} contradictions in ${formatCount(facts.feature_groups)} groups.`
  );
}

function memoryText({ engine_bytes: engine, model_bytes: model }: PeakMemory): string {
  if (model === null)
    return `${formatBytes(engine)} of the engine's process (that of the model's process is not known on this system)`;
  return `${formatBytes(engine + model)}: ${formatBytes(engine)} engine + ${formatBytes(model)} model process, each at its own peak (resident)`;
}
