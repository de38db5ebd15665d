import type { AwsAct } from "../../../aws/aws-act.ts";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";

/** A message of SageMaker (`ValidationException`), and the option that has to change. */
type Rejection = { readonly words: RegExp; readonly option: string; fix(region: string): string };

/**
 * The words are those of issues in public repositories: aws-samples/easy-amazon-sagemaker-deployments#4, aws/amazon-sagemaker-examples#195, #2268 and #2534,
 * aws/sagemaker-python-sdk#4700, philschmid/llm-sagemaker-sample#2, awslabs/predictive-maintenance-using-machine-learning#3.
 */
const REJECTIONS: readonly Rejection[] = [
  {
    words: /at 'transformResources\.instanceType' failed to satisfy constraint/,
    option: "backend.instance_type",
    fix: (region) => `Correct backend.instance_type: there is no such type for transform jobs in ${region}.`,
  },
  {
    words: /Could not access model data at/,
    option: "backend.model_data_url",
    fix: (region) =>
      `Correct backend.model_data_url: check that the object exists, in a bucket of ${region}, and that the execution role may read it (s3:GetObject).`,
  },
  {
    words: /Requested image|ECR image|Cannot find (repository|the requested image)|not ECR|non-ECR image/i,
    option: "backend.image",
    fix: (region) =>
      `Correct backend.image: SageMaker takes images of ECR in its own region, <account>.dkr.ecr.${region}.amazonaws.com/<name>:<tag>. Push it there; ` +
      "the execution role needs ecr:BatchGetImage.",
  },
  {
    words: /Could not assume role|trust relationship|sts:AssumeRole/,
    option: "backend.execution_role_arn",
    fix: () =>
      "Check that the model's execution role (backend.execution_role_arn, if the run makes the model) exists and that its trust policy allows sts:AssumeRole to sagemaker.amazonaws.com.",
  },
  {
    words: /No S3 objects found under S3 URL/,
    option: "backend.region",
    fix: (region) =>
      `The request files are there: the workspace's bucket may be in another region than ${region} (backend.region), or the model's execution role may not list it (s3:ListBucket).`,
  },
];

/** The error for a rejection that an option of the job file fixes; null for any other. */
export function explainRejection(
  thrown: unknown,
  { action, resource }: AwsAct,
  region: string,
): ScoreframeError | null {
  if (!(thrown instanceof Error) || thrown.name !== "ValidationException") return null;
  // A list of more than a hundred values would hide the reason.
  const said = messageOf(thrown).replace(/ enum value set: \[[^\]]*\]/, " enum value set.");
  const rejection = REJECTIONS.find(({ words }) => words.test(said));
  if (rejection === undefined) return null;
  const { option, fix } = rejection;
  return new ScoreframeError("BACKEND_OPTIONS_INVALID", `${action} on ${resource} failed: ${said} ${fix(region)}`, {
    backend: "sagemaker",
    operation: action,
    option,
    cause: thrown,
  });
}
