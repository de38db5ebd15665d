import { arnOf } from "../host/arn.ts";
import type { Caller } from "../host/operation.ts";
import { validationError } from "../host/service-error.ts";
import type { Model } from "./state/model.ts";
import type { RegionState } from "./state/region-state.ts";

/** Throws `ValidationException: Could not find model "arn:…".`. */
export function findModel({ models }: RegionState, name: string, caller: Caller): Model {
  const model = models.get(name);
  if (model !== undefined) return model;
  const arn = arnOf("sagemaker", `model/${name.toLowerCase()}`, caller);
  throw validationError(`Could not find model "${arn}".`);
}
