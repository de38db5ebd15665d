import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { didYouMean } from "../../../core/util/did-you-mean.ts";

/** How AWS names them: `ml.`, letters with a generation and what is special (`g4dn`, `p6-b200`), a size. */
const WELL_FORMED = /^ml\.[a-z]+1?\d[a-z]*(-[a-z0-9]+)?\.(medium|large|\d*xlarge)$/;

/**
 * Refuses a misspelt instance type, with what was probably meant. One that is spelt as they are, and unknown to the installed SDK (`known`), may be newer than
 * it: that is a warning.
 */
export function refuseMisspeltInstance(type: string, known: readonly string[], warn: (message: string) => void): void {
  if (known.includes(type)) return;
  const meant = didYouMean(type, known);
  if (meant === "" || WELL_FORMED.test(type)) {
    warn(
      `backend.instance_type: ${type} is none of the types of transform jobs that the installed @aws-sdk/client-sagemaker knows. SageMaker refuses it unless it is newer.${meant}`,
    );
    return;
  }
  throw new ScoreframeError(
    "BACKEND_OPTIONS_INVALID",
    `backend.instance_type: ${type} is no type of instance for transform jobs.${meant}`,
    { backend: "sagemaker", option: "backend.instance_type" },
  );
}
