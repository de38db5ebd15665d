// Checks what package-lock.json must be for a clone on any platform: complete, and not tied to a registry.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "./lib/toolchain.mjs";

type Entry = {
  readonly version?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
  packages: Readonly<Record<string, Entry>>;
};

const problems: string[] = [];
for (const [path, { resolved, optionalDependencies = {} }] of Object.entries(packages)) {
  // A lock file that was written with a mirror names its host, and other people's installations would go there.
  if (resolved?.startsWith("http") && !resolved.startsWith("https://registry.npmjs.org/")) {
    problems.push(`${path} is bound to ${new URL(resolved).host}`);
  }
  // A registry without the binaries for other platforms omits them silently; `npm ci` then fails on those platforms.
  for (const name of Object.keys(optionalDependencies)) {
    if (!isLocked(path, name)) problems.push(`${path} needs ${name} on some platform, and there is no entry for it`);
  }
}

for (const problem of problems) console.error(`package-lock.json: ${problem}`);
if (problems.length > 0) {
  console.error(
    "Write it again with `npm install --package-lock-only`, against a registry that serves every platform.",
  );
  process.exitCode = 1;
}

/** Looks a dependency up as Node does: next to the package that needs it, then in each folder above. */
function isLocked(path: string, name: string): boolean {
  for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("node_modules/") - 1))) {
    if (`${folder === "" ? "" : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === "") return false;
  }
}
