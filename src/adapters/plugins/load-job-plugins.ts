import { readFile } from "node:fs/promises";
import { pathToFileURL } from "node:url";
import { commonjsHint } from "../../core/errors/commonjs-hint.ts";
import { messageOf, ScoreframeError } from "../../core/errors/scoreframe-error.ts";
import type { BackendPlugin } from "../../core/ports/scoring-backend.ts";
import type { SourcePlugin } from "../../core/ports/source-plugin.ts";
import type { JobPlugin } from "../../core/run/plugin-registry.ts";
import type { JobPlugins, PluginLoader } from "../../core/run/prepare-run.ts";
import { pluginsIn } from "./plugins-in.ts";
import { resolveModule } from "./resolve-module.ts";

/**
 * The plug-ins of the modules that a job names: by their path from the job's folder, or packages. Throws `PLUGIN_LOAD_FAILED`, which names the
 * module and what is wrong with it.
 */
export const loadJobPlugins: PluginLoader = async ({ plugins = [], backends = [] }, baseDirectory) => {
  const sources: JobPlugin<SourcePlugin>[] = [];
  const scoring: JobPlugin<BackendPlugin>[] = [];
  const named = [...placesOf("plugins", plugins), ...placesOf("backends", backends)];
  for (const { module, option } of named) {
    const fail = (complaint: string, cause?: unknown): never => {
      throw new ScoreframeError("PLUGIN_LOAD_FAILED", `The module ${module} ${complaint}`, {
        operation: "load plug-ins",
        option,
        ...(cause === undefined ? {} : { cause }),
      });
    };
    const path = resolveModule(module, baseDirectory) ?? fail(notFound(module, baseDirectory));
    const exported = await importModule(path, fail);
    const found = pluginsIn(exported);
    if ("complaint" in found) return fail(found.complaint);
    sources.push(...found.sources.map((plugin) => ({ plugin, module, option })));
    scoring.push(...found.backends.map((plugin) => ({ plugin, module, option })));
  }
  return { sources, backends: scoring } satisfies JobPlugins;
};

function placesOf(key: string, modules: readonly string[]): { readonly module: string; readonly option: string }[] {
  return modules.map((module, index) => ({ module, option: `${key}.${index}` }));
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
