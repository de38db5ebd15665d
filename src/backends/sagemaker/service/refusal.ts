import type { AwsAct } from "../../../aws/aws-act.ts";
import { messageOf, ScoreframeError } from "../../../core/errors/scoreframe-error.ts";

/** What SageMaker refuses in its own words (`ValidationException`), and which option mends it. */
type Refusal = { readonly words: RegExp; readonly option: string; mend(region: string): string };

/**
 * The words are those of issues in public repositories: aws-samples/easy-amazon-sagemaker-deployments#4, aws/amazon-sagemaker-examples#195, #2268 and #2534,
 * aws/sagemaker-python-sdk#4700, philschmid/llm-sagemaker-sample#2, awslabs/predictive-maintenance-using-machine-learning#3.
 */
const REFUSALS: readonly Refusal[] = [
  {
    words: /at 'transformResources\.instanceType' failed to satisfy constraint/,
    option: "backend.instance_type",
    mend: (region) => `Correct backend.instance_type: SageMaker has none of that name for transform jobs in ${region}.`,
  },
  {
    words: /Could not access model data at/,
    option: "backend.model_data_url",
    mend: (region) =>
      `Correct backend.model_data_url: see that the object exists, in a bucket of ${region}, and that the execution role may read it (s3:GetObject).`,
  },
  {
    words: /Requested image|ECR image|Cannot find (repository|the requested image)|not ECR|non-ECR image/i,
    option: "backend.image",
    mend: (region) =>
      `Correct backend.image: SageMaker takes images of ECR in its own region, <account>.dkr.ecr.${region}.amazonaws.com/<name>:<tag>. Push it there; ` +
      "the execution role needs ecr:BatchGetImage.",
  },
  {
    words: /Could not assume role|trust relationship|sts:AssumeRole/,
    option: "backend.execution_role_arn",
    mend: () =>
      "See that the model's execution role (backend.execution_role_arn, where the run makes the model) exists and that its trust policy allows sts:AssumeRole to sagemaker.amazonaws.com.",
  },
  {
    words: /No S3 objects found under S3 URL/,
    option: "backend.region",
    mend: (region) =>
      `The request files are there: the workspace's bucket may be in another region than ${region} (backend.region), or the model's execution role may not list it (s3:ListBucket).`,
  },
];

/** A refusal that an option of the job file mends; null where it is another one. */
export function explainRefusal(thrown: unknown, { action, resource }: AwsAct, region: string): ScoreframeError | null {
  if (!(thrown instanceof Error) || thrown.name !== "ValidationException") return null;
  // A list of more than a hundred values hides what is wrong.
  const said = messageOf(thrown).replace(/ enum value set: \[[^\]]*\]/, " enum value set.");
  const refusal = REFUSALS.find(({ words }) => words.test(said));
  if (refusal === undefined) return null;
  const { option, mend } = refusal;
  return new ScoreframeError("BACKEND_OPTIONS_INVALID", `${action} on ${resource} failed: ${said} ${mend(region)}`, {
    backend: "sagemaker",
    operation: action,
    option,
    cause: thrown,
  });
}
