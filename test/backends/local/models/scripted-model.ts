import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { defineModel } from "../../../../src/model.ts";
import type { ModelScript } from "../../../../src/testing/index.ts";

type Row = { readonly id: number | bigint; readonly text: string };

const script = JSON.parse(process.env["MODEL_SCRIPT"] ?? "{}") as ModelScript;
/** How the protocol writes a row, for models that answer the row as it came. */
const asList = process.env["ROW_FORM"] === "array";

let dropped = 0;
subscribe("http.server.request.start", (message) => {
  const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
  if (request.method !== "POST" || dropped >= (script.dropFirst ?? 0)) return;
  dropped += 1;
  response.end = (body: unknown) => {
    response.write(String(body).slice(0, 5), () => response.destroy());
    return response;
  };
});

function answer(row: Row): unknown {
  if (Number(row.id) === script.reportRow) return { error: "bad row" };
  if (script.predicts !== "row") return row.id;
  return asList ? [row.id, row.text] : row;
}

export default defineModel({
  async predict(rows: readonly Row[]) {
    const has = (id: number | undefined): boolean => rows.some((row) => Number(row.id) === id);
    if (script.hangs === true) await new Promise(() => setInterval(() => undefined, 1000));
    const delay = (script.delayMs ?? 0) + (has(script.slowRow?.id) ? (script.slowRow?.ms ?? 0) : 0);
    if (delay > 0) await sleep(delay);
    if (has(script.failOnRow)) throw new Error("the model threw");
    const predictions = rows.map(answer);
    if (script.surplus === 1) predictions.push(-1);
    if (script.surplus === -1) predictions.pop();
    return predictions;
  },
});
