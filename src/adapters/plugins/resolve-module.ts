import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

/** What Node asks for when a module is imported. */
const CONDITIONS = ["node", "import", "module-sync", "default"];

/** The file of a module: a path from the folder, or a package that imports from the folder would find. Null if there is none. */
export function resolveModule(specifier: string, folder: string): string | null {
  const path = resolve(folder, specifier);
  if (existsSync(path) && statSync(path).isFile()) return path;
  if (/^\.{0,2}\//.test(specifier)) return null;
  const from = pathToFileURL(join(folder, "job.yaml"));
  try {
    return createRequire(from).resolve(specifier);
  } catch {
    // A package that can only be imported has nothing for `require`.
    return importedEntry(specifier, from);
  }
}

function importedEntry(specifier: string, from: URL): string | null {
  try {
    const manifest = findPackageJSON(specifier, from);
    if (manifest === undefined) return null;
    const { name, exports } = JSON.parse(readFileSync(manifest, "utf8")) as { name?: string; exports?: unknown };
    const subpath = `.${specifier.slice(name?.length ?? specifier.length)}`;
    const target = targetOf(exports, subpath);
    return target === null ? null : join(dirname(manifest), target);
  } catch {
    return null;
  }
}

function targetOf(exports: unknown, subpath: string): string | null {
  if (isObject(exports) && Object.keys(exports).some((key) => key.startsWith(".")))
    return conditional(exports[subpath]);
  return subpath === "." ? conditional(exports) : null;
}

function conditional(target: unknown): string | null {
  if (typeof target === "string") return target;
  if (!isObject(target)) return null;
  for (const [condition, value] of Object.entries(target)) {
    const found = CONDITIONS.includes(condition) ? conditional(value) : null;
    if (found !== null) return found;
  }
  return null;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
