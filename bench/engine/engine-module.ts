import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { root } from "../../scripts/lib/toolchain.mjs";

/**
 * A module of the engine as users run it, from dist/; from the sources if SCOREFRAME_BENCH_ENGINE is `src`. The caller gives its type:
 * `await engineModule<typeof import("../../src/index.ts")>("index")`.
 */
export async function engineModule<Module>(path: string): Promise<Module> {
  return (await import(pathToFileURL(engineFile(path)).href)) as Module;
}

/** Where that module is. */
export function engineFile(path: string): string {
  const file = engineUses() === "src" ? join(root, "src", `${path}.ts`) : join(root, "dist", `${path}.js`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run npm run build.`);
  return file;
}

export function engineUses(): "src" | "dist" {
  return process.env["SCOREFRAME_BENCH_ENGINE"] === "src" ? "src" : "dist";
}
