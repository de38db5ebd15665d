import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import type { PythonEnvironment } from "../../../scripts/lib/python-environment.ts";
import { pythonEnvironment } from "../../../scripts/lib/python-environment.ts";
import type { GoChecks } from "./build-go-checks.ts";
import { buildGoChecks } from "./build-go-checks.ts";

/** Requirements of the clients in Python, by the names of their files. */
export type ClientPackages = "sdk2" | "sdk3";

declare module "vitest" {
  interface ProvidedContext {
    clients: Readonly<Record<ClientPackages, PythonEnvironment> & { go: GoChecks }>;
  }
}

/** What pandas has binaries for. */
const PYTHONS = { from: 11, to: 12 };

/** Installs the clients that are not there yet, or builds them. */
export async function setup(project: TestProject): Promise<void> {
  const install = (name: ClientPackages): Promise<PythonEnvironment> =>
    pythonEnvironment(fileURLToPath(new URL(`../requirements/${name}.txt`, import.meta.url)), PYTHONS);
  const installAll = async () => ({ sdk2: await install("sdk2"), sdk3: await install("sdk3") });
  // One waits for the network while the other needs the processor.
  const [packages, go] = await Promise.all([installAll(), buildGoChecks()]);
  project.provide("clients", { ...packages, go });
}
