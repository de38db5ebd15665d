import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { runProgram } from "../../../scripts/lib/run-program.ts";

/** The compiled checks, or why there are none. */
export type GoChecks = { readonly file: string } | { readonly missing: string };

const SOURCES = fileURLToPath(new URL("../go/", import.meta.url));
const CACHE = fileURLToPath(new URL("../../../node_modules/.cache/go-checks/", import.meta.url));
const BUILD_MS = 8 * 60_000;

/** Compiles the checks of the AWS SDK for Go, once for as long as their sources and modules stay the same. */
export async function buildGoChecks(): Promise<GoChecks> {
  const hash = createHash("sha256");
  for (const name of ["go.mod", "go.sum", "main.go"]) hash.update(readFileSync(join(SOURCES, name)));
  const file = join(CACHE, hash.digest("hex").slice(0, 12), "checks");
  if (existsSync(file)) return { file };
  const build = ["build", "-mod=readonly", "-buildvcs=false", "-o", file, "."];
  const env = { ...process.env, CGO_ENABLED: "0" };
  const { code, output } = await runProgram("go", build, { cwd: SOURCES, env, timeoutMs: BUILD_MS });
  return code === 0
    ? { file }
    : { missing: `\`go build\` of test/clients/go failed: ${output.trim().split("\n").at(-1)}` };
}
