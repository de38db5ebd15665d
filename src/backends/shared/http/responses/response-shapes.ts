import { namedKeys } from "../../../../core/json/named-keys.ts";
import { counted } from "../../../../core/util/counted.ts";

/** The shapes of the predictions of a session. */
export type ResponseShapes = {
  /** What is wrong with the shape of a response's predictions, continuing "the server answered with"; null if nothing is. */
  complaint(predictions: readonly unknown[]): string | null;
};

/** Two lists of two values are too likely to be a coincidence. */
const FEWEST_ROWS = 3;

type Shape = "value" | "list" | "object";

/**
 * Compares the predictions of each response with those before it, because a right count alone does not prove that there is one prediction per row.
 * A text instead of numbers, or an object without a known key, is a message and not a prediction. Lists as long as the request has rows, if
 * other requests had lists of another length, are the columns of a table and not its rows.
 */
export function createResponseShapes(): ResponseShapes {
  let shape: Shape | null = null;
  const keys = new Set<string>();
  /** Length of all lists so far; null before the first and once they differ within a response. */
  let lists: { readonly length: number; readonly isSquare: boolean } | null = null;
  let listsDiffer = false;

  function otherShape(predictions: readonly unknown[]): string | null {
    shape ??= mostCommon(predictions);
    for (let row = 0; row < predictions.length; row += 1) {
      const prediction = predictions[row];
      // Most are numbers, and most runs have millions of them.
      if (shape === "value" && typeof prediction !== "object") continue;
      const found = shapeOf(prediction);
      if (found === null) continue;
      if (shape !== null && found !== shape) {
        const where = predictions.length === 1 ? "" : ` as prediction ${row + 1} of ${predictions.length}`;
        return `${NAMES[found]}${where}, and with ${NAMES[shape]} for other rows`;
      }
      if (found === "object") {
        const complaint = foreignKeys(prediction as object);
        if (complaint !== null) return complaint;
      }
    }
    return null;
  }

  function hasOnlyKnownKeys(prediction: object): boolean {
    for (const name in prediction) if (!keys.has(name)) return false;
    return true;
  }

  function foreignKeys(prediction: object): string | null {
    // The usual case. A list of names for each of millions of predictions would cost more than the rest of the check.
    if (hasOnlyKnownKeys(prediction)) return null;
    const names = Object.keys(prediction);
    if (keys.size > 0 && names.length > 0 && !names.some((name) => keys.has(name))) {
      return `an object with the keys ${namedKeys(prediction)}, none of which a prediction had before`;
    }
    for (const name of names) keys.add(name);
    return null;
  }

  function transposed(predictions: readonly unknown[]): string | null {
    if (shape !== "list" || listsDiffer) return null;
    const lengths = predictions.filter(Array.isArray).map((list) => list.length);
    const [length] = lengths;
    if (length === undefined) return null;
    if (lengths.some((other) => other !== length)) {
      listsDiffer = true;
      return null;
    }
    const isSquare = predictions.length >= FEWEST_ROWS && length === predictions.length;
    if (lists !== null && lists.length !== length && (isSquare || lists.isSquare)) {
      const were = counted(lists.length, "value");
      return `${counted(predictions.length, "list")} of ${counted(length, "value")}, and with lists of ${were} before: they follow the number of rows, as the columns of a table do`;
    }
    lists = { length, isSquare: isSquare && (lists?.isSquare ?? true) };
    return null;
  }

  return { complaint: (predictions) => otherShape(predictions) ?? transposed(predictions) };
}

const NAMES: Readonly<Record<Shape, string>> = { value: "a single value", list: "a list", object: "an object" };

/** A server's first response may have an unusual one, too. */
function mostCommon(predictions: readonly unknown[]): Shape | null {
  const counts = { value: 0, list: 0, object: 0 };
  for (const prediction of predictions) {
    const found = shapeOf(prediction);
    if (found !== null) counts[found] += 1;
  }
  const most = Math.max(counts.value, counts.list, counts.object);
  return most === 0 ? null : ((["value", "list", "object"] as const).find((name) => counts[name] === most) ?? null);
}

/** Null for values without a shape: null, and the error object of a row. */
function shapeOf(prediction: unknown): Shape | null {
  if (prediction === null) return null;
  if (typeof prediction !== "object") return "value";
  if (Array.isArray(prediction)) return "list";
  return "error" in prediction && Object.keys(prediction).length === 1 ? null : "object";
}
