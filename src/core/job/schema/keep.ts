/** What a workspace keeps of runs that have ended. */
export type Keep =
  | { readonly kind: "all" | "failed" | "none" }
  | { readonly kind: "age"; readonly milliseconds: number }
  | { readonly kind: "newest"; readonly runs: number };

/** The spellings of `workspace.keep`; `--keep` of `runs prune` takes ages and counts. */
export const KEEP_PATTERN = /^(all|failed|none|[1-9]\d{0,5}[hdw])$/;

const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 7 * 24 * HOUR_MS };

/** `failed`, `7d`, or `20` for the newest 20 runs; null for anything else. */
export function parseKeep(text: string): Keep | null {
  if (text === "all" || text === "failed" || text === "none") return { kind: text };
  const { count, unit = "" } = /^(?<count>[1-9]\d{0,5})(?<unit>[hdw]?)$/.exec(text)?.groups ?? {};
  if (count === undefined) return null;
  const milliseconds = UNITS[unit];
  return milliseconds === undefined
    ? { kind: "newest", runs: Number(count) }
    : { kind: "age", milliseconds: Number(count) * milliseconds };
}
