// Builds dist/: plain ES modules and declarations by tsc, and the files among the sources that are not TypeScript.

import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import process from "node:process";
import { bundleLibraries } from "./lib/bundle-libraries.ts";
import { runProgram } from "./lib/run-program.ts";
import { programPath, root } from "./lib/toolchain.mjs";

const source = join(root, "src");
const target = join(root, "dist");

// A file that was deleted in src must not live on in the package.
rmSync(target, { recursive: true, force: true });

const { code } = await runProgram(process.execPath, [programPath("tsc"), "-p", "tsconfig.build.json"], {
  cwd: root,
  live: true,
});
if (code !== 0) {
  console.error("build: tsc found errors (above).");
  process.exit(1);
}

for (const path of filesUnder(source)) {
  if (!path.endsWith(".ts")) cpSync(path, join(target, relative(source, path)));
}

const program = join(target, "cli", "main.js");
if (existsSync(program)) chmodSync(program, 0o755);

await bundleLibraries(target);

// tsc rewrites `./x.ts` in imports and nowhere else: a worker that is addressed by `new URL("./x.ts", import.meta.url)` would be
// missing only once the package is installed.
const leftovers = filesUnder(target)
  .filter((path) => path.endsWith(".js"))
  .filter((path) => /new URL\(\s*["'`][^"'`]*\.ts["'`]/.test(readFileSync(path, "utf8")))
  .map((path) => relative(root, path));
if (leftovers.length > 0) {
  console.error(
    `build: ${leftovers.join(", ")} address${leftovers.length === 1 ? "es" : ""} a .ts file by URL, which the build does not have: ` +
      "take the extension from import.meta.url.",
  );
  process.exit(1);
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}${sep}${entry.name}`)
    .filter((path) => existsSync(dirname(path)));
}
