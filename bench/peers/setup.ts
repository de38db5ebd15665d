// `node bench/peers/setup.ts [pyspark]` makes the peers' Python environments; `npm run bench` does it by itself.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../scripts/lib/run-program.ts";
import { cacheFolder } from "../cache-folder.ts";
import { systemPython } from "../measure/system-python.ts";

const ENVIRONMENTS = { scripts: "requirements.txt", pyspark: "requirements-pyspark.txt" } as const;

type EnvironmentName = keyof typeof ENVIRONMENTS;

const programs = new Map<EnvironmentName, Promise<string>>();

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.includes("pyspark") ? (["scripts", "pyspark"] as const) : (["scripts"] as const);
  for (const name of wanted) console.log(await peerPrograms(name));
}

/** The folder of an environment's programs, made if it is missing or its pinned versions have changed, once for all callers. */
export function peerPrograms(name: EnvironmentName): Promise<string> {
  const made = programs.get(name) ?? makePrograms(name);
  programs.set(name, made);
  return made;
}

async function makePrograms(name: EnvironmentName): Promise<string> {
  const requirements = fileURLToPath(new URL(`./${ENVIRONMENTS[name]}`, import.meta.url));
  const folder = join(cacheFolder(), `python-${name}`);
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  const stamp = join(folder, "installed.txt");
  const wanted = readFileSync(requirements, "utf8");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return bin;
  rmSync(folder, { recursive: true, force: true });
  await mustRun(systemPython(), ["-m", "venv", folder]);
  await mustRun(join(bin, "python"), ["-m", "pip", "install", "--quiet", "--requirement", requirements]);
  writeFileSync(stamp, wanted);
  return bin;
}

async function mustRun(file: string, args: readonly string[]): Promise<void> {
  const { code, output } = await runProgram(file, args);
  if (code !== 0) throw new Error(`${[file, ...args].join(" ")} failed:\n${output}`);
}
