import { ScoreframeError } from "../../errors/scoreframe-error.ts";
import type { Job } from "../../job/schema/job.ts";
import type { ScoringBackend } from "../../ports/scoring-backend.ts";
import { bindProtocol } from "../../protocols/bind-protocol.ts";
import type { ProtocolId } from "../../protocols/protocol.ts";
import { PROTOCOLS } from "../../protocols/protocols.ts";
import type { RequestOptions } from "../../protocols/request-options.ts";
import { chosenPairing } from "../../stages/extract/chosen-pairing.ts";
import { bodyShape, predictionPath } from "./body-shape.ts";

/** What the job says of its requests. Throws `JOB_INVALID` if the protocol has no place for it, or the backend cannot do it. */
export function requestOptions(
  job: Pick<Job, "model" | "requests" | "request" | "response">,
  id: ProtocolId,
  { id: backend, capabilities, servesModel = false }: Pick<ScoringBackend, "id" | "capabilities" | "servesModel">,
): RequestOptions {
  const { model, requests } = job;
  const params = model.params ?? null;
  const shape = bodyShape(job, id, servesModel);
  if (params !== null && PROTOCOLS[id].paramsKey === null) {
    const able = Object.values(PROTOCOLS).filter(({ paramsKey }) => paramsKey !== null);
    throw invalid(
      "model.params",
      `has no place in a request of the protocol "${id}"; ${able.map((protocol) => protocol.id).join(", ")} have one`,
    );
  }
  if (requests.csv_header !== undefined && id !== "csv") {
    throw invalid("requests.csv_header", `is for the protocol "csv", and this is "${id}"`);
  }
  if (requests.csv_header === true && !capabilities.requestHeader) {
    throw new ScoreframeError(
      "JOB_INVALID",
      `requests.csv_header cannot be true with the backend ${backend}: it sends the lines of the request files and nothing before them. ` +
        "Remove it, and make sure that the model takes rows of CSV without names; a model that needs the names can be sent json_lines or dataframe_split (model.protocol).",
      { backend, option: "requests.csv_header" },
    );
  }
  if (model.tensor !== undefined && id !== "open_inference") {
    throw invalid("model.tensor", `is for the protocol "open_inference", and this is "${id}"`);
  }
  const nonFinite = requests.non_finite ?? "null";
  if (nonFinite === "text" && id === "open_inference") {
    throw invalid(
      "requests.non_finite",
      'cannot be text in the protocol "open_inference", whose tensors of numbers hold none',
    );
  }
  const options = {
    params,
    nonFinite,
    csvHeader: requests.csv_header ?? capabilities.requestHeader,
    tensor: model.tensor ?? null,
    shape,
    predictions: predictionPath(job, id),
    pairing: null,
  };
  return { ...options, pairing: chosenPairing(job, bindProtocol(id, options), capabilities) };
}

function invalid(option: string, complaint: string): ScoreframeError {
  return new ScoreframeError("JOB_INVALID", `${option} ${complaint}. Remove it, or set another model.protocol.`, {
    option,
  });
}
