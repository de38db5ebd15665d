import { validationError } from "../host/service-error.ts";
import type { Tag } from "../host/tags.ts";
import type { RegionState } from "./state/region-state.ts";

/** The tags of a model or a job. Throws a `ValidationException` if no model and no job has the ARN. */
export function findTags({ tags }: RegionState, arn: string): readonly Tag[] {
  const found = tags.get(arn);
  if (found === undefined) throw validationError(`Could not find resource "${arn}".`);
  return found;
}
