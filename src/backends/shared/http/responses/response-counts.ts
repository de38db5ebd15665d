import type { EventSink } from "../../../../core/ports/event-sink.ts";
import type { Protocol } from "../../../../core/protocols/protocol.ts";
import { counted } from "../../../../core/util/counted.ts";
import type { AnswerFault } from "./answer-faults.ts";
import { nonBlankLines, parseJson } from "./answer-text.ts";

/** The counts of predictions in a session's responses, once one of them was wrong. */
export type ResponseCounts = {
  /** Notes the count of a response to a number of rows, and warns once. */
  remember(body: Buffer, rows: number): void;
  /** Why a right count is not to be trusted: the server returns it for any request. Null if it can be trusted. */
  complaint(rows: number): AnswerFault | null;
};

/** Lists in lists of lists: predictions, their values, the values of those. */
const DEPTH = 4;

/**
 * A server that answers every request with the same number of entries (outputs, classes, a padded batch) has the right count for a part of that many
 * rows, by coincidence. Such a count proves nothing. A single row is trusted, because it cannot be confused with another.
 */
export function createResponseCounts(
  events: EventSink,
  { answerNotation }: Pick<Protocol, "answerNotation">,
): ResponseCounts {
  const remembered = new Map<number, number>();
  return {
    remember(body, rows) {
      const counts = new Set(answerNotation === "csv" ? countsOfText(body) : []);
      const parsed = parseJson(body);
      if (parsed === undefined) for (const count of countsOfText(body)) counts.add(count);
      else collectLengths(parsed.value, counts, DEPTH);
      counts.delete(rows);
      const [count] = counts;
      if (remembered.size === 0 && count !== undefined) events({ type: "warning", message: warning(count, rows) });
      for (const each of counts) if (!remembered.has(each)) remembered.set(each, rows);
    },
    complaint(rows) {
      const others = rows > 1 ? remembered.get(rows) : undefined;
      if (others === undefined) return null;
      const count = counted(rows, "prediction");
      const message = `The server answered with ${count} to ${counted(rows, "row")}, and with as many entries to ${counted(others, "row")}: the count is no evidence that they are those of the rows.`;
      return { code: "PREDICTION_COUNT_MISMATCH", message, isolable: true, count };
    },
  };
}

function warning(count: number, rows: number): string {
  return (
    `The server answers a request of ${counted(rows, "row")} with ${count === 1 ? "1 entry" : `${count} entries`}. Smaller parts with such a count are not believed, ` +
    "only single rows. Check that the model returns one prediction per row, or set requests.batch_size to 1."
  );
}

/** Lines, and the cells of the first. */
function countsOfText(body: Buffer): number[] {
  const lines = nonBlankLines(body);
  return [lines.length, (lines[0]?.toString() ?? "").split(",").length];
}

function collectLengths(value: unknown, counts: Set<number>, depth: number): void {
  if (depth === 0 || typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) counts.add(value.length);
  // A few say what all are like.
  for (const member of Object.values(value).slice(0, MOST_MEMBERS)) collectLengths(member, counts, depth - 1);
}

const MOST_MEMBERS = 100;
