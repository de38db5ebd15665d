import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import { pythonEnvironment } from "../../../scripts/lib/python-environment.ts";
import type { RunningModel } from "../../../src/backends/local/process/running-model.ts";
import { startCommand } from "../../../src/backends/local/process/start-command.ts";
import { serverCommand } from "./server-commands.ts";
import type { RunningName, TestServer } from "./servers.ts";
import { titleOf } from "./servers.ts";

/** MLServer takes no newer Python, pandas no older one. */
const PYTHONS = { from: 11, to: 12 };

const INSTALLED_IN = {
  mlflow: "mlflow",
  mlflowUntyped: "mlflow",
  mlserver: "mlflow",
  sagemaker: "sagemaker",
} as const satisfies Record<RunningName, string>;

/** A new environment on a busy machine compiles for minutes. */
const START_SECONDS = 300;

const requirements = (name: string): string => fileURLToPath(new URL(`../requirements/${name}.txt`, import.meta.url));

/** Installs what is not there, starts every server once for all tests of the folder, and stops them at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "servers-"));
  const running: RunningModel[] = [];
  const environments = {
    mlflow: pythonEnvironment(requirements("mlflow"), PYTHONS),
    sagemaker: pythonEnvironment(requirements("sagemaker"), PYTHONS),
  };
  const start = async (name: RunningName): Promise<TestServer | { readonly missing: string }> => {
    const command = await serverCommand(name, await environments[INSTALLED_IN[name]], folder);
    if ("missing" in command) {
      console.error(`\nNOT RUN: the tests of ${titleOf(name)}: ${command.missing}\n`);
      return command;
    }
    const scriptFile = join(folder, `${name}-script.json`);
    const model = await startCommand(
      { ...command, invocationsPath: "/invocations" },
      {
        baseDirectory: folder,
        logDirectory: join(folder, name),
        env: { ...command.env, SCRIPT_FILE: scriptFile },
        timeoutSeconds: START_SECONDS,
        signal: new AbortController().signal,
      },
    );
    running.push(model);
    return {
      ...command,
      name: name === "mlflowUntyped" ? "mlflow" : name,
      scriptFile,
      origin: new URL(model.url).origin,
    };
  };
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((model) => model.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    // What the first one compiles of a new environment the next ones find.
    const [sagemaker, mlflow] = await Promise.all([start("sagemaker"), start("mlflow")]);
    const [mlflowUntyped, mlserver] = await Promise.all([start("mlflowUntyped"), start("mlserver")]);
    project.provide("servers", { mlflow, mlflowUntyped, mlserver, sagemaker });
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}
