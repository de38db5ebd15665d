import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "./run-command.ts";

/** Where an environment's programs are, or why there is none. */
export type PythonEnvironment = { readonly bin: string } | { readonly missing: string };

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/python/", import.meta.url));
const INSTALL_MS = 8 * 60_000;

/**
 * A virtual environment with exactly the packages of a requirements file, made on first use and kept until that file or the Python changes. One
 * process at a time may make it.
 */
export async function pythonEnvironment(requirements: string): Promise<PythonEnvironment> {
  const python = await findPython();
  if ("missing" in python) return python;
  const name = basename(requirements, ".txt");
  const made = createHash("sha256")
    .update(await readFile(requirements))
    .update(python.version)
    .digest("hex");
  const folder = join(CACHE, `${name}-${made.slice(0, 12)}`);
  const done = join(folder, "complete");
  const bin = join(folder, "bin");
  if (existsSync(done)) return { bin };
  await removeFormer(name);
  await mkdir(CACHE, { recursive: true });
  const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--disable-pip-version-check"];
  const steps = [
    [python.file, ["-m", "venv", folder]],
    [join(bin, "python"), [...install, "--requirement", requirements]],
  ] as const;
  for (const [file, args] of steps) {
    const { code, output } = await runCommand(file, args, INSTALL_MS);
    if (code !== 0) return { missing: `the Python packages of ${name} could not be installed: ${lastLine(output)}` };
  }
  await writeFile(done, "");
  return { bin };
}

/** The pins are those of one minor version: another one would need other wheels. */
async function findPython(): Promise<{ readonly file: string; readonly version: string } | { missing: string }> {
  for (const file of ["python3.11", "python3", "python"]) {
    const { code, output } = await runCommand(file, ["--version"]);
    if (code === 0 && output.startsWith("Python 3.11.")) return { file, version: output };
  }
  return { missing: "Python 3.11 is not on the PATH" };
}

/** Former states are of no use, and may be hundreds of megabytes large. */
async function removeFormer(name: string): Promise<void> {
  const folders = await readdir(CACHE).catch(() => []);
  const former = folders.filter((folder) => folder.startsWith(`${name}-`));
  await Promise.all(former.map((folder) => rm(join(CACHE, folder), { recursive: true, force: true })));
}

function lastLine(output: string): string {
  return output.split("\n").at(-1) ?? "pip said nothing";
}
