import type { BackendPlugin } from "../../core/ports/scoring-backend.ts";
import type { SourcePlugin } from "../../core/ports/source-plugin.ts";

const VERSION = "v1";

type Members = readonly (readonly [name: string, type: string])[];

/** The members of a backend, and what each must be. */
const BACKEND_MEMBERS: Members = [
  ["id", "string"],
  ["capabilities", "object"],
  ["parseOptions", "function"],
  ["create", "function"],
];

/** A source has a kind, and a backend has an id. */
const SOURCE_MEMBERS: Members = [
  ["kind", "string"],
  ["parseOptions", "function"],
  ["create", "function"],
];

export type FoundPlugins = { readonly sources: readonly SourcePlugin[]; readonly backends: readonly BackendPlugin[] };

/** The sources and backends among the exports of a module, under any names, or what is wrong with the module. */
export function pluginsIn(module: Readonly<Record<string, unknown>>): FoundPlugins | { readonly complaint: string } {
  const named = Object.entries(module).filter(([, value]) => resemblesPlugin(value)) as [string, PluginLike][];
  for (const [name, value] of named) {
    const members = isSource(value) ? SOURCE_MEMBERS : BACKEND_MEMBERS;
    const invalid = members.find(([member, type]) => typeof value[member] !== type || value[member] === null);
    if (invalid !== undefined)
      return { complaint: `exports \`${name}\`, whose \`${invalid[0]}\` must be of type ${invalid[1]}.` };
    if (value["specificationVersion"] !== VERSION) {
      const found = JSON.stringify(value["specificationVersion"]) ?? "none";
      return {
        complaint: `exports \`${name}\` with the specificationVersion ${found}, and this version of scoreframe needs "${VERSION}".`,
      };
    }
  }
  const plugins = [...new Set(named.map(([, value]) => value))];
  if (plugins.length > 0) {
    return {
      sources: plugins.filter(isSource) as unknown as SourcePlugin[],
      backends: plugins.filter((plugin) => !isSource(plugin)) as unknown as BackendPlugin[],
    };
  }
  // CommonJS without exports is an empty default, under two names.
  const names = Object.keys(module).filter((name) => name !== "module.exports" && !isEmptyObject(module[name]));
  const exported = names.length === 0 ? "exports nothing" : `exports ${names.join(", ")}, and no backend or source`;
  return { complaint: `${exported}. Write: export default defineBackend({ … }), or defineSource({ … })` };
}

type PluginLike = Readonly<Record<string, unknown>>;

function isSource(value: PluginLike): boolean {
  return "kind" in value && !("id" in value);
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Meant to be a plug-in: helpers of a module have neither. */
function resemblesPlugin(value: unknown): value is PluginLike {
  return typeof value === "object" && value !== null && ("specificationVersion" in value || "parseOptions" in value);
}
