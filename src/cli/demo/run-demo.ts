import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { RunReport } from "../../core/domain/run-report.ts";
import { ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { DemoFlights } from "../../demo/demo-flights.ts";
import { findFlights } from "../../demo/demo-flights.ts";
import { writeDemoJob } from "../../demo/demo-job.ts";
import type { FlightsInHour, ScoredFlight } from "../../demo/flights-by-hour.ts";
import type { PeakMemory } from "../../demo/peak-memory.ts";
import { watchMemory } from "../../demo/peak-memory.ts";
import type { Verification } from "../../demo/verify-flights.ts";
import type { CliContext } from "../cli-context.ts";
import { setupError } from "../failures/setup-error.ts";
import type { OutputOptions, QuietOptions, WorkspaceOptions } from "../options/shared-options.ts";
import { workspaceOf } from "../options/shared-options.ts";
import { withEngine } from "../with-engine.ts";
import { nextCommands } from "./next-commands.ts";

export type DemoOptions = OutputOptions &
  QuietOptions &
  WorkspaceOptions & {
    /** Absolute path of the table. */
    readonly output: string;
    /** Null scores all rows. */
    readonly rows: number | null;
  };

/** What `demo --json` prints. */
export type DemoDocument = {
  readonly demo: DemoFlights["kind"];
  /** Absolute paths. */
  readonly job_file: string;
  readonly model_file: string;
  readonly model_note: string;
  readonly report: RunReport;
  readonly rows_per_second: number;
  readonly peak_memory: PeakMemory;
  /** What the run left in addition to the table: the requests to the model, and its answers. */
  readonly run_files: { readonly path: string; readonly bytes: number };
  /** Null if nothing was published. */
  readonly verification: Verification | null;
  readonly hours: readonly FlightsInHour[];
  readonly first_rows: readonly ScoredFlight[];
  readonly next: readonly string[];
  readonly error: ReturnType<ScoreframeError["toJSON"]> | null;
};

export type DemoOutcome = { readonly document: DemoDocument; readonly error: ScoreframeError | null };

const FIRST_ROWS = 5;

/** Writes a job, runs it, and reads back what it has published. */
export async function runDemo(options: DemoOptions, context: CliContext): Promise<DemoOutcome> {
  const flights = findFlights();
  const jobFile = await writeDemoJob({ flights, ...options });
  const memory = watchMemory();
  const { report, error } = await withEngine(options, context, (engine, onEvent) =>
    engine.tryRun(jobFile, { env: context.env, signal: context.signal, onEvent }),
  );
  const peakMemory = memory.end();
  const failure = setupError(error) ?? error;
  const readBack = failure === null ? await readTable(flights, options) : NOTHING_PUBLISHED;
  const problem = failure ?? disagreement(readBack.verification);
  const runFolder = join(workspaceOf(options, context), "runs", report.run_id);
  const document: DemoDocument = {
    demo: flights.kind,
    job_file: jobFile,
    model_file: flights.model,
    model_note: flights.modelNote,
    report,
    rows_per_second: Math.round(report.ledger.scored / Math.max(report.timings_s.total, 0.001)),
    peak_memory: peakMemory,
    run_files: { path: runFolder, bytes: await bytesBelow(runFolder) },
    ...readBack,
    next: nextCommands(flights, jobFile, context.workingDirectory),
    error: problem?.toJSON() ?? null,
  };
  return { document, error: problem };
}

type ReadBack = Pick<DemoDocument, "verification" | "hours" | "first_rows">;

const NOTHING_PUBLISHED: ReadBack = { verification: null, hours: [], first_rows: [] };

async function readTable(flights: DemoFlights, { rows, output }: DemoOptions): Promise<ReadBack> {
  // Loaded after the run, so that they do not count in its peak memory.
  const { withFlights } = await import("../../demo/flights-database.ts");
  const { verifyFlights } = await import("../../demo/verify-flights.ts");
  const { readFirstFlights, readHours } = await import("../../demo/flights-by-hour.ts");
  return withFlights({ flights, rows, output }, async (database) => ({
    verification: await verifyFlights(database),
    hours: await readHours(database),
    first_rows: await readFirstFlights(database, FIRST_ROWS),
  }));
}

function disagreement(verification: Verification | null): ScoreframeError | null {
  if (verification === null || verification.ok) return null;
  return new ScoreframeError(
    "LEDGER_IMBALANCE",
    `The published table is not the source with predictions: ${JSON.stringify(verification)}. Please report this with the version and the output.`,
    { operation: "verify" },
  );
}

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async ({ parentPath, name }) => (await stat(join(parentPath, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
