import type { Fault, PairingCase } from "./pairing-case.ts";

/** The answers of one shard as a server would give them, and what must be said of them. */
export type Answers = {
  readonly lines: readonly string[];
  /** Rows of the shard that must fail, each with what its message must contain. */
  readonly failed: ReadonlyMap<number, RegExp>;
  readonly rejected: boolean;
};

type Draft = {
  lines: string[];
  failed: Map<number, RegExp>;
  readonly starts: number[];
  readonly lineRows: readonly number[];
};

/** Answers to lines of `lineRows` rows, with the case's faults; `predictions` are those of the shard's rows. */
export function faultyAnswers(
  given: PairingCase,
  lineRows: readonly number[],
  predictions: readonly string[],
  shard: number,
): Answers {
  const starts = lineRows.map((_rows, line) => lineRows.slice(0, line).reduce((sum, rows) => sum + rows, 0));
  const texts = lineRows.map((rows, line) => predictions.slice(starts[line], (starts[line] as number) + rows));
  const draft: Draft = { lines: texts.map((row) => lineOf(given, row)), failed: new Map(), starts, lineRows };
  const touched = new Set<number>();
  let surplus = 0;
  for (const { fault, place } of given.faults) {
    const line = (place + shard) % lineRows.length;
    const takesNext = fault === "merge" || fault === "move";
    if (touched.has(line) || (takesNext && touched.has(line + 1))) continue;
    if (fault === "drop-line" || fault === "extra-line") surplus += fault === "extra-line" ? 1 : -1;
    else if (spoil(given, fault, draft, line, texts[line] as string[]))
      touched.add(line).add(takesNext ? line + 1 : line);
  }
  const lines =
    surplus < 0
      ? draft.lines.slice(0, surplus)
      : [...draft.lines, ...Array<string>(surplus).fill(draft.lines[0] as string)];
  return { lines, failed: draft.failed, rejected: surplus !== 0 };
}

function lineOf({ protocol }: PairingCase, predictions: readonly string[]): string {
  return protocol === "json_lines" ? (predictions[0] as string) : `{"predictions":[${predictions.join(",")}]}`;
}

/** Whether the fault makes sense for this line. */
function spoil(given: PairingCase, fault: Fault, draft: Draft, line: number, texts: readonly string[]): boolean {
  const batch = given.protocol !== "json_lines";
  const rows = draft.lineRows[line] as number;
  const fail = (message: RegExp, at = line): void => {
    for (let index = 0; index < (draft.lineRows[at] as number); index += 1)
      draft.failed.set((draft.starts[at] as number) + index, message);
  };
  const counts = (got: number, wanted = rows, at = line): RegExp =>
    new RegExp(`line ${at}: ${got} predictions? for ${wanted} rows?`);
  const notJson = (at: number): RegExp => new RegExp(`line ${at}: the answer is (not JSON|empty)`);
  switch (fault) {
    case "drop":
      if (!batch) return false;
      draft.lines[line] = lineOf(given, texts.slice(1));
      fail(counts(rows - 1));
      return true;
    case "extra":
      if (!batch) return false;
      draft.lines[line] = lineOf(given, [...texts, "null"]);
      fail(counts(rows + 1));
      return true;
    case "row-error":
      draft.lines[line] = lineOf(given, ['{"error":"this row"}', ...texts.slice(1)]);
      draft.failed.set(draft.starts[line] as number, /^this row$/);
      return true;
    case "line-error":
      draft.lines[line] = '{"error":{"code":"BACKEND_REFUSED","message":"this line","attempts":3}}';
      fail(/^this line$/);
      return true;
    case "not-json":
      draft.lines[line] = `${draft.lines[line]}}`;
      fail(notJson(line));
      return true;
    case "empty":
      draft.lines[line] = "";
      fail(notJson(line));
      return true;
    case "move": {
      // The total stays what it should be.
      const next = draft.lineRows[line + 1];
      if (!batch || next === undefined) return false;
      draft.lines[line] = lineOf(given, texts.slice(0, -1));
      draft.lines[line + 1] = (draft.lines[line + 1] as string).replace("[", () => `[${texts.at(-1)},`);
      fail(counts(rows - 1));
      fail(counts(next + 1, next, line + 1), line + 1);
      return true;
    }
    case "merge":
      // Joined by a comma the two would be two documents, each with the right count.
      if (line + 1 >= draft.lines.length || !draft.lines[line + 1]?.endsWith("}")) return false;
      draft.lines[line] = `${draft.lines[line]},${draft.lines[line + 1]?.slice(0, -1)}`;
      draft.lines[line + 1] = '"x":0}';
      fail(notJson(line));
      fail(notJson(line + 1), line + 1);
      return true;
    default:
      return false;
  }
}
