import { readFileSync } from "node:fs";
import { cp, lstat } from "node:fs/promises";
import { join, relative } from "node:path";
import dockerignore from "@balena/dockerignore";
import { root } from "../../../../scripts/lib/toolchain.mjs";

const patterns = readFileSync(join(root, ".dockerignore"), "utf8");
const ignored = dockerignore.default().add(patterns);

/** Copies a file or folder of the checkout as an engine would get it: without what .dockerignore leaves out. */
export async function copyFromContext(source: string, target: string): Promise<void> {
  await cp(join(root, source), target, { recursive: true, filter: isInContext });
}

async function isInContext(path: string): Promise<boolean> {
  const name = relative(root, path);
  if (name === "" || !ignored.ignores(name)) return true;
  // What is ignored may hold what is not.
  return patterns.includes(`\n!${name}/`) && (await lstat(path)).isDirectory();
}
