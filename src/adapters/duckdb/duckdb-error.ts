import { messageOf } from "../../core/errors/scoreframe-error.ts";

/** What DuckDB said, taken apart. */
export type DuckdbError = {
  /** `Parser`, `Binder`, `Catalog`, `Conversion`, `IO`, `Out of Memory`, …; empty if unknown. */
  readonly kind: string;
  /** Without advice on options of DuckDB that cannot be given to scoreframe, and not longer than a few lines. */
  readonly reason: string;
  /** All that DuckDB said. */
  readonly text: string;
  /** Offset in the statement, in UTF-8 bytes. */
  readonly position: number | undefined;
};

/** Reads an error of a session, which has `errors_as_json` on. */
export function readDuckdbError(thrown: unknown): DuckdbError {
  const raw = messageOf(thrown);
  const parsed = parseJsonPart(raw);
  const position = Number(parsed?.["position"] ?? Number.NaN);
  const text = String(parsed?.["exception_message"] ?? raw);
  return {
    kind: String(parsed?.["exception_type"] ?? /^(\w[\w ]*) Error:/.exec(raw)?.[1] ?? ""),
    reason: tidy(text),
    text,
    position: Number.isInteger(position) ? position : undefined,
  };
}

function parseJsonPart(text: string): Record<string, unknown> | undefined {
  const start = text.indexOf('{"exception_type"');
  if (start < 0) return undefined;
  try {
    return JSON.parse(text.slice(start)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const ADVICE =
  /\n+\s*(?:Possible (?:fixes|solutions?):|Try (?:increasing|setting)|Column .+ is being converted|The search space used|file = )[\s\S]*$/i;

/** A line of a table that is quoted may be long, and binary. */
const LONGEST = 500;

function tidy(text: string): string {
  const reason = text
    .replace(ADVICE, "")
    .trim()
    .replaceAll(/[^\P{C}\n]|\uFFFD/gu, "?");
  return reason.length > LONGEST ? `${reason.slice(0, LONGEST)}…` : reason;
}
