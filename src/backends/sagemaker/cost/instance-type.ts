import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { didYouMean } from "../../../core/util/did-you-mean.ts";

/** How AWS names them: `ml.`, then family, generation and variant (`g4dn`, `p6-b200`), then a size. */
const WELL_FORMED = /^ml\.[a-z]+1?\d[a-z]*(-[a-z0-9]+)?\.(medium|large|\d*xlarge)$/;

/**
 * Throws for a misspelt instance type, with what was probably meant. A well-formed type that the installed SDK does not know (`known`) may be newer than
 * the SDK: that is a warning.
 */
export function assertInstanceType(type: string, known: readonly string[], warn: (message: string) => void): void {
  if (known.includes(type)) return;
  const meant = didYouMean(type, known);
  if (meant === "" || WELL_FORMED.test(type)) {
    warn(
      `backend.instance_type: the installed @aws-sdk/client-sagemaker knows no instance type ${type} for transform jobs. SageMaker rejects it unless it is newer.${meant}`,
    );
    return;
  }
  throw new ScoreframeError(
    "BACKEND_OPTIONS_INVALID",
    `backend.instance_type: ${type} is not an instance type for transform jobs.${meant}`,
    { backend: "sagemaker", option: "backend.instance_type" },
  );
}
