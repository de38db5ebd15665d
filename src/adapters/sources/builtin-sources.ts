import type { SourceEntry } from "../../core/run/source-registry.ts";

/** The only list of sources: the registry and the tests read it. */
export const BUILTIN_SOURCES: readonly SourceEntry[] = [
  { kind: "sql", load: async () => (await import("./sql/sql-plugin.ts")).sqlPlugin },
  { kind: "rows", load: async () => (await import("./rows/rows-plugin.ts")).rowsPlugin },
];
