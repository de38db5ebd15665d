import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { localBackend } from "../../src/backends/local/index.ts";
import type { ProtocolId } from "../../src/core/protocols/protocol.ts";
import type { Engine, JobInput } from "../../src/index.ts";
import { createScoreframe } from "../../src/index.ts";
import { NASTY_COLUMNS, NASTY_KEY, nastyDifferences, writeNastyTable } from "../support/nasty-table.ts";
import { query } from "../support/query.ts";
import { runCommand } from "../support/run-command.ts";
import type { TestServer } from "./support/servers.ts";
import { serverFor } from "./support/servers.ts";

const ROWS = 200;
/** The protocols that can say every type. */
const WHOLE = localBackend.capabilities.protocols.filter((id) => !["csv", "open_inference"].includes(id));
/** pandas converts integers to floats if their column has a null in the same request (docs/reference/servers.md), so rows are sent one by one. */
const ALONE = 1;

let folder: string;
let engine: Engine;
let table: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nasty-"));
  engine = await createScoreframe({ workspace: join(folder, "runs") });
  table = join(folder, "nasty.parquet");
  await writeNastyTable(table, ROWS);
});
afterAll(async () => {
  await engine.close();
  await rm(folder, { recursive: true, force: true });
});

/** An MLflow model with a signature that takes every column of the table as it comes. JSON is YAML. */
async function mlflowModel(): Promise<string> {
  const path = join(folder, "mlflow-model");
  await mkdir(path, { recursive: true });
  const inputs = [NASTY_KEY, ...NASTY_COLUMNS.map(({ name }) => name)].map((name) => ({
    name,
    type: "any",
    required: false,
  }));
  const signature = { inputs: JSON.stringify(inputs), outputs: JSON.stringify([{ name: "seen", type: "string" }]) };
  const flavors = { python_function: { loader_module: "seen_mlflow", python_version: "3.11" } };
  await writeFile(join(path, "MLmodel"), JSON.stringify({ flavors, signature }));
  return path;
}

/** A folder from which MLServer serves that model. */
async function mlserverModels(): Promise<string> {
  const path = join(folder, "mlserver-models");
  await mkdir(join(path, "seen"), { recursive: true });
  await writeFile(join(path, "settings.json"), JSON.stringify({ parallel_workers: 0 }));
  const settings = { name: "seen", implementation: "mlserver_mlflow.MLflowRuntime" };
  const parameters = { uri: await mlflowModel(), version: "1" };
  await writeFile(join(path, "seen", "model-settings.json"), JSON.stringify({ ...settings, parameters }));
  return path;
}

/** Scores the table and has the answer judged, once by DuckDB and once by PyArrow. */
async function demandEqual(
  python: string,
  backend: JobInput["backend"],
  protocol: ProtocolId,
  batchSize = 50,
): Promise<void> {
  const output = join(folder, randomUUID());
  const { error, report } = await engine.tryRun({
    name: "nasty",
    source: { kind: "rows", path: table },
    requests: { batch_size: batchSize, file_size_mb: 0.5 },
    model: { protocol },
    backend,
    output: { path: output },
  });
  expect(error).toBeNull();
  expect(report.ledger).toMatchObject({ input: ROWS, scored: ROWS });
  expect(await query(nastyDifferences(`'${table}'`, `'${output}/*.parquet'`))).toEqual([]);
  const files = (await readdir(output)).filter((name) => name.endsWith(".parquet"));
  const judge = [
    fileURLToPath(new URL("judge/compare.py", import.meta.url)),
    ...files.map((name) => join(output, name)),
  ];
  const judged = await runCommand(python, judge, 60_000);
  expect(judged.output).toBe(`equal: ${ROWS * (NASTY_COLUMNS.length + 1)}`);
}

/** The Python that has PyArrow. */
function pythonOf({ env }: TestServer): string {
  return join((env["PATH"] ?? "").split(":")[0] ?? "", "python");
}

describe("a table with every type under every name comes back equal, and the model receives what it holds", () => {
  const model = fileURLToPath(new URL("models/seen-model.ts", import.meta.url));
  it.for(WHOLE)("local, in %s", async (protocol, context) => {
    await demandEqual(pythonOf(serverFor(context, "mlflow")), { kind: "local", model }, protocol);
  });

  it("mlflow models serve", async (context) => {
    const server = serverFor(context, "mlflow");
    const command = `mlflow models serve -m '${await mlflowModel()}' -p {port} --env-manager local`;
    const backend = { kind: "local", command, env: server.env };
    await demandEqual(pythonOf(server), backend, "dataframe_split", ALONE);
  });

  it("mlserver start", async (context) => {
    const server = serverFor(context, "mlserver");
    const command = `MLSERVER_HTTP_PORT={port} mlserver start '${await mlserverModels()}'`;
    const backend = { kind: "local", command, health_path: "/v2/health/ready", env: server.env };
    await demandEqual(pythonOf(server), backend, "dataframe_split", ALONE);
  });
});
