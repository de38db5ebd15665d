import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { Job } from "../../job/schema/job.ts";
import type { JsonPath } from "../../json/json-pointer.ts";
import { parsePointer } from "../../json/json-pointer.ts";
import type { BodyShape } from "../../protocols/body-shape.ts";
import { bodyComplaint, SHAPED } from "../../protocols/body-shape.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import { PROTOCOLS } from "../../protocols/protocols.ts";

type ShapedJob = Pick<Job, "model" | "requests" | "request" | "response">;

/** The job's own shape of request bodies, or null. Throws `JOB_INVALID`, which names the key, if the protocol or the model has no use for it. */
export function bodyShape(
  { model, requests, request }: ShapedJob,
  id: ProtocolId,
  servesModel: boolean,
): BodyShape | null {
  if (request === undefined || Object.keys(request).length === 0) return null;
  const { rows, row, row_form: rowForm = "object", body = {} } = request;
  const [key = "row_form"] = (["rows", "row", "body"] as const).filter((name) => request[name] !== undefined);
  const place = SHAPED[id];
  if (place === undefined) {
    const able = Object.keys(SHAPED).join(", ");
    throw invalid(
      `request.${key}`,
      `has no use in the protocol "${id}". Set model.protocol to one of ${able}, or remove request.`,
    );
  }
  if (servesModel) {
    const why = "is for servers of others: scoreframe serves this model itself, and reads the shape of the protocol.";
    throw invalid(`request.${key}`, `${why} Remove request.`);
  }
  if (rows !== undefined && row !== undefined)
    throw invalid(
      "request.row",
      "cannot be set together with request.rows: a request holds one row, or a list of rows.",
    );
  if (row !== undefined && (requests.batch_size ?? 1) > 1)
    throw invalid("requests.batch_size", "must be 1 with request.row, which sends one row per request. Remove it.");
  const path = pathOf(row ?? rows, place);
  const complaint = bodyComplaint(body, path);
  if (complaint !== null) throw invalid("request.body", `${complaint}. Remove it there, or put the rows elsewhere.`);
  const paramsKey = PROTOCOLS[id].paramsKey;
  if (
    model.params !== undefined &&
    paramsKey !== null &&
    (path.length === 0 || paramsKey in body || path[0] === paramsKey)
  )
    throw invalid(
      "model.params",
      `has no place in this body, whose member "${paramsKey}" it would be. Write request.body instead.`,
    );
  return { path, holds: row === undefined ? "list" : "row", rowForm, body };
}

/** Where the job says that the predictions are, or null. Throws `JOB_INVALID` for a protocol whose responses are tensors. */
export function predictionPath({ response }: ShapedJob, id: ProtocolId): JsonPath | null {
  if (response?.predictions === undefined) return null;
  if (PROTOCOLS[id].answerNotation !== "tensors") return pathOf(response.predictions, []);
  const able = Object.values(PROTOCOLS).filter(({ answerNotation }) => answerNotation !== "tensors");
  const names = able.map((protocol) => protocol.id).join(", ");
  throw invalid(
    "response.predictions",
    `has no use in the protocol "${id}". Set model.protocol to one of ${names}, or remove it.`,
  );
}

/** The schema has checked that it is a pointer. */
function pathOf(pointer: string | undefined, otherwise: JsonPath): JsonPath {
  return (pointer === undefined ? null : parsePointer(pointer)) ?? otherwise;
}

function invalid(option: string, complaint: string): ScoreframeError {
  return new ScoreframeError("JOB_INVALID", `${option} ${complaint}`, { option });
}
