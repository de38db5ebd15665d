import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { commonjsHint } from "../../core/errors/commonjs-hint.ts";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { JobBackend } from "../../core/run/backend-registry.ts";
import { pluginsIn } from "./plugins-in.ts";
import { resolveModule } from "./resolve-module.ts";

/**
 * The backends of a job's `backends`: modules by their path from the job's folder, or packages. Throws `BACKEND_LOAD_FAILED`, which names the
 * module and what is wrong with it.
 */
export async function loadJobBackends(modules: readonly string[], baseDirectory: string): Promise<JobBackend[]> {
  const loaded: JobBackend[] = [];
  for (const [index, module] of modules.entries()) {
    const option = `backends.${index}`;
    const fail = (complaint: string, cause?: unknown): never => {
      throw new ScoreframeError("BACKEND_LOAD_FAILED", `The backend module ${module} ${complaint}`, {
        operation: "load backends",
        option,
        ...(cause === undefined ? {} : { cause }),
      });
    };
    const path = resolveModule(module, baseDirectory) ?? fail(notFound(module, baseDirectory));
    const exported = await importModule(path, fail);
    const found = pluginsIn(exported);
    if ("complaint" in found) fail(found.complaint);
    else for (const plugin of found.plugins) loaded.push({ plugin, module, option });
  }
  return loaded;
}

async function importModule(
  path: string,
  fail: (complaint: string, cause?: unknown) => never,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(pathToFileURL(path).href);
  } catch (thrown) {
    const hint = (await commonjsHint(thrown, path, (file) => readFile(file, "utf8"))) ?? hintFor(thrown);
    return fail(`cannot be imported: ${messageOf(thrown)}${hint}`, thrown);
  }
}

function notFound(module: string, baseDirectory: string): string {
  return /^\.{0,2}\/|\.[cm]?[jt]s$/.test(module)
    ? `does not exist in ${baseDirectory}. Paths are relative to the job file's folder.`
    : `is not installed where ${baseDirectory} finds its packages. Install it there, or write a path, such as ./${module}.ts.`;
}

/** Node strips types and transforms nothing, and needs whole file names in imports. */
function hintFor(thrown: unknown): string {
  const code = thrown instanceof Error && "code" in thrown ? thrown.code : null;
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    return " (Node runs TypeScript by stripping its types: write the module without enums, namespaces and parameter properties, or compile it.)";
  }
  if (code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING") {
    return " (Node does not strip types in node_modules: a package must be published as JavaScript.)";
  }
  if (code === "ERR_MODULE_NOT_FOUND") {
    return " (Imports need their extension, such as ./client.ts, and packages must be installed next to the module.)";
  }
  return "";
}
