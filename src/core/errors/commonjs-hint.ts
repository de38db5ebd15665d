import { dirname, extname, join } from "node:path";

/** What V8 says of import, export, import.meta and a top-level await in a script that is not a module. */
const MODULE_SYNTAX =
  /Unexpected token 'export'|Cannot use import statement outside a module|Cannot use 'import\.meta' outside a module|await is only valid in async functions/;

const HAS_IMPORT_OR_EXPORT = /^\s*(import|export)\b/m;

/** The head of a SyntaxError's stack: the file that could not be parsed, which may be one that was imported. */
const FAULT = /^(\/[^\n]+|[A-Za-z]:\\[^\n]+):\d+\n/;

/**
 * What to do if Node ran a file with imports or exports as CommonJS, because the nearest package.json says `"type": "commonjs"`, as
 * `npm init` writes it; begins with a blank, and is null for every other error. `path` is the file that was imported, `readText` reads a
 * file and rejects if there is none.
 */
export async function commonjsHint(
  thrown: unknown,
  path: string,
  readText: (path: string) => Promise<string>,
): Promise<string | null> {
  if (!(thrown instanceof SyntaxError) || !MODULE_SYNTAX.test(thrown.message)) return null;
  const file = FAULT.exec(thrown.stack ?? "")?.[1] ?? path;
  const ending = extname(file);
  if (ending !== ".ts" && ending !== ".js") return null;
  if (!HAS_IMPORT_OR_EXPORT.test(await readText(file).catch(() => ""))) return null;
  const found = await nearestPackage(dirname(file), readText);
  if (found?.type !== "commonjs") return null;
  const renamed = `${file.slice(0, -ending.length)}.m${ending.slice(1)}`;
  return ` (${found.path} says "type": "commonjs", and ${file} is written with import or export. Rename it to ${renamed}, or run \`npm pkg set type=module\` in ${dirname(found.path)}.)`;
}

async function nearestPackage(
  folder: string,
  readText: (path: string) => Promise<string>,
): Promise<{ readonly path: string; readonly type: unknown } | null> {
  const path = join(folder, "package.json");
  const text = await readText(path).catch(() => null);
  if (text !== null) return { path, type: typeIn(text) };
  return dirname(folder) === folder ? null : nearestPackage(dirname(folder), readText);
}

function typeIn(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly type?: unknown } | null)?.type;
  } catch {
    // Node itself rejects such a file, before it parses the module.
    return undefined;
  }
}
