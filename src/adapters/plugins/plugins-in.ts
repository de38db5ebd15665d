import type { BackendPlugin } from "../../core/ports/scoring-backend.ts";

const VERSION = "v1";

/** The members of a plug-in, and what each must be. */
const MEMBERS: readonly (readonly [name: keyof BackendPlugin, type: string])[] = [
  ["id", "string"],
  ["capabilities", "object"],
  ["parseOptions", "function"],
  ["create", "function"],
];

/** The backends among the exports of a module, under any names, or what is wrong with the module. */
export function pluginsIn(
  module: Readonly<Record<string, unknown>>,
): { readonly plugins: readonly BackendPlugin[] } | { readonly complaint: string } {
  const named = Object.entries(module).filter(([, value]) => resemblesPlugin(value)) as [string, PluginLike][];
  for (const [name, value] of named) {
    const invalid = MEMBERS.find(([member, type]) => typeof value[member] !== type || value[member] === null);
    if (invalid !== undefined)
      return { complaint: `exports \`${name}\`, whose \`${invalid[0]}\` must be of type ${invalid[1]}.` };
    if (value.specificationVersion !== VERSION) {
      const found = JSON.stringify(value.specificationVersion) ?? "none";
      return {
        complaint: `exports \`${name}\` with the specificationVersion ${found}, and this version of scoreframe needs "${VERSION}".`,
      };
    }
  }
  if (named.length > 0) return { plugins: [...new Set(named.map(([, value]) => value as BackendPlugin))] };
  // CommonJS without exports is an empty default, under two names.
  const names = Object.keys(module).filter((name) => name !== "module.exports" && !isEmptyObject(module[name]));
  const exported = names.length === 0 ? "exports nothing" : `exports ${names.join(", ")}, and no backend`;
  return { complaint: `${exported}. Write: export default defineBackend({ … })` };
}

type PluginLike = { readonly [Member in keyof BackendPlugin]?: unknown };

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Meant to be a backend: helpers of a module have neither. */
function resemblesPlugin(value: unknown): value is PluginLike {
  return typeof value === "object" && value !== null && ("specificationVersion" in value || "parseOptions" in value);
}
