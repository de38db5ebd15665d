import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runProgram } from "./run-program.ts";

/** The folder of an environment's programs, or why there is no environment. */
export type PythonEnvironment = { readonly bin: string } | { readonly missing: string };

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/python/", import.meta.url));
const INSTALL_MS = 8 * 60_000;

/** Minor versions of Python 3 that packages run on. */
export type PythonVersions = { readonly from: number; readonly to?: number };

/**
 * A virtual environment with exactly the packages of a requirements file, made on first use and kept until that file, the Python or the folder
 * changes. One process at a time may make it.
 */
export async function pythonEnvironment(requirements: string, versions: PythonVersions): Promise<PythonEnvironment> {
  const python = await findPython(versions);
  if ("missing" in python) return python;
  const name = basename(requirements, ".txt");
  // Programs of an environment name their Python by its whole path, so a copy elsewhere would use the original's.
  const made = createHash("sha256")
    .update(await readFile(requirements))
    .update(python.version)
    .update(CACHE)
    .digest("hex");
  const folder = join(CACHE, `${name}-${made.slice(0, 12)}`);
  const done = join(folder, "complete");
  const bin = join(folder, process.platform === "win32" ? "Scripts" : "bin");
  if (existsSync(done)) return { bin };
  await removeFormer(name);
  await mkdir(CACHE, { recursive: true });
  const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile", "--disable-pip-version-check"];
  const steps = [
    [
      "the virtual environment could not be made (Debian: apt install python3-venv)",
      python.file,
      ["-m", "venv", folder],
    ],
    [
      "its Python packages could not be installed (is there a network, or a PIP_INDEX_URL?)",
      join(bin, "python"),
      [...install, "--requirement", requirements],
    ],
  ] as const;
  const begun = performance.now();
  console.error(`installing the Python packages of ${name} …`);
  for (const [problem, file, args] of steps) {
    const { code, output } = await runProgram(file, args, { timeoutMs: INSTALL_MS });
    if (code !== 0) return { missing: `${problem}: ${lastLine(output)}` };
  }
  await writeFile(done, "");
  console.error(`${name} installed in ${((performance.now() - begun) / 1000).toFixed(0)} s`);
  return { bin };
}

async function findPython({
  from,
  to = Number.POSITIVE_INFINITY,
}: PythonVersions): Promise<{ readonly file: string; readonly version: string } | { missing: string }> {
  for (const file of ["python3.11", "python3.12", "python3", "python"]) {
    const { code, output } = await runProgram(file, ["--version"], { timeoutMs: 10_000 });
    const minor = Number(/^Python 3\.(\d+)\./.exec(output.trim())?.[1] ?? Number.NaN);
    if (code === 0 && minor >= from && minor <= to) return { file, version: output.trim() };
  }
  const wanted = Number.isFinite(to) ? `Python 3.${from} to 3.${to}` : `Python 3.${from} or newer`;
  return { missing: `there is no ${wanted} on the PATH; install one (python.org, apt, pyenv)` };
}

/** Old environments are useless, and hundreds of megabytes large. */
async function removeFormer(name: string): Promise<void> {
  const folders = await readdir(CACHE).catch(() => []);
  const former = folders.filter(
    (folder) => /^-[0-9a-f]{12}$/.test(folder.slice(name.length)) && folder.startsWith(name),
  );
  await Promise.all(former.map((folder) => rm(join(CACHE, folder), { recursive: true, force: true })));
}

function lastLine(output: string): string {
  return output.trim().split("\n").at(-1) || "it said nothing";
}
