import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import { counted } from "../../../core/util/counted.ts";
import type { ModelRow } from "../../../model.ts";
import type { ServedModel } from "../server/served-model.ts";
import { ServerError } from "../server/server-error.ts";
import { nonFiniteIn } from "./non-finite.ts";

/**
 * Calls the model and checks its contract: as many predictions as rows. Elements that are promises are awaited, and one that rejects
 * or is `undefined` fails its own row only.
 */
export async function scoreRows(model: ServedModel, rows: readonly ModelRow[]): Promise<readonly unknown[]> {
  if (rows.length === 0) return [];
  const predictions = listOf(await askModel(model, rows));
  if (predictions === null) {
    throw failed(
      `The model must answer a list with one prediction a row, and answered something else for ${rows.length} rows.`,
    );
  }
  if (predictions.length !== rows.length) {
    throw failed(
      `The model answered ${counted(predictions.length, "prediction")} for ${counted(rows.length, "row")}; it must answer one a row, in order.`,
    );
  }
  const settled = await settle(predictions);
  return model.nonFinite === "as_null" ? settled : settled.map(finiteOrError);
}

/** A prediction with a NaN or an infinity fails its row. */
function finiteOrError(prediction: unknown): unknown {
  const found = nonFiniteIn(prediction);
  if (found === undefined) return prediction;
  return {
    error: `The model returned ${found} for this row, which JSON does not have: return null or a finite number, or set non_finite: as_null.`,
  };
}

async function askModel(model: ServedModel, rows: readonly ModelRow[]): Promise<unknown> {
  try {
    return await model.predict(rows);
  } catch (thrown) {
    if (thrown instanceof ServerError) throw thrown;
    throw failed(messageOf(thrown) || "The model threw an error without a message.", thrown);
  }
}

function listOf(answer: unknown): readonly unknown[] | null {
  if (Array.isArray(answer)) return answer;
  if (ArrayBuffer.isView(answer) && !(answer instanceof DataView))
    return Array.from(answer as unknown as ArrayLike<unknown>);
  return null;
}

async function settle(predictions: readonly unknown[]): Promise<readonly unknown[]> {
  if (!predictions.some(isUnsettled) && !predictions.includes(undefined)) return predictions;
  const settled = await Promise.allSettled(predictions);
  return settled.map((result) => {
    if (result.status === "rejected") return { error: messageOf(result.reason) || "The model rejected this row." };
    return result.value === undefined
      ? { error: "The model answered undefined for this row; it should answer null where there is no prediction." }
      : result.value;
  });
}

function isUnsettled(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}

function failed(message: string, cause?: unknown): ServerError {
  return new ServerError(500, "MODEL_FAILED", message, cause);
}
