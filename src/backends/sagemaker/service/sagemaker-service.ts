import type {
  CreateModelCommandInput,
  CreateTransformJobCommandInput,
  DescribeModelCommandOutput,
  DescribeTransformJobCommandOutput,
} from "@aws-sdk/client-sagemaker";
import type { AwsAct } from "../../../aws/aws-act.ts";
import { awsError } from "../../../aws/aws-error.ts";
import { boundSilence, endpointBesidesAws, serviceClientSettings } from "../../../aws/service-client.ts";
import type { SagemakerOptions } from "../sagemaker-options.ts";
import { explainRejection } from "./rejection.ts";

/** The calls of SageMaker's API that we make. Each throws our own errors. */
export type SagemakerService = {
  readonly region: string;
  /** The address of a service other than AWS; null for AWS. */
  readonly endpoint: string | null;
  /** The instance types that the SDK knows for transform jobs. */
  readonly instanceTypes: readonly string[];
  createTransformJob(job: CreateTransformJobCommandInput): Promise<"created" | "exists">;
  describeTransformJob(name: string, signal?: AbortSignal): Promise<DescribeTransformJobCommandOutput>;
  /** A job that is over already is no error. */
  stopTransformJob(name: string): Promise<void>;
  createModel(model: CreateModelCommandInput): Promise<"created" | "exists">;
  describeModel(name: string, signal?: AbortSignal): Promise<DescribeModelCommandOutput>;
  deleteModel(name: string): Promise<void>;
  close(): void;
};

/** Loads the SDK, so that only runs that use SageMaker pay for it. */
export async function openSagemakerService({
  region: asked,
  profile,
}: Pick<SagemakerOptions, "region" | "profile">): Promise<SagemakerService> {
  const sdk = await import("@aws-sdk/client-sagemaker");
  const client = boundSilence(
    new sdk.SageMakerClient(
      serviceClientSettings({ ...(asked === null ? {} : { region: asked }), ...(profile === null ? {} : { profile }) }),
    ),
  );
  const region = await client.config.region().catch((thrown: unknown) => {
    client.destroy();
    throw awsError(thrown, { action: "sagemaker:DescribeModel", resource: "a model" });
  });
  const explained = async <T>(act: AwsAct, call: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      signal?.throwIfAborted();
      throw explainRejection(thrown, act, region) ?? awsError(thrown, act);
    }
  };
  const act = (action: string, kind: string, name: string | undefined): AwsAct => ({
    action: `sagemaker:${action}`,
    resource: `${kind} ${name}`,
    profile: profile ?? undefined,
    region,
  });
  const options = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { abortSignal: signal });
  return {
    region,
    endpoint: endpointBesidesAws("SAGEMAKER"),
    instanceTypes: Object.values(sdk.TransformInstanceType),
    createTransformJob: (job) =>
      explained(act("CreateTransformJob", "transform job", job.TransformJobName), async () => {
        try {
          await client.send(new sdk.CreateTransformJobCommand(job));
          return "created";
        } catch (thrown) {
          if (thrown instanceof Error && thrown.name === "ResourceInUse") return "exists";
          throw thrown;
        }
      }),
    describeTransformJob: (name, signal) =>
      explained(
        act("DescribeTransformJob", "transform job", name),
        () => client.send(new sdk.DescribeTransformJobCommand({ TransformJobName: name }), options(signal)),
        signal,
      ),
    stopTransformJob: (name) =>
      explained(act("StopTransformJob", "transform job", name), async () => {
        try {
          await client.send(new sdk.StopTransformJobCommand({ TransformJobName: name }));
        } catch (thrown) {
          if (!(thrown instanceof Error && thrown.name === "ValidationException")) throw thrown;
        }
      }),
    createModel: (model) =>
      explained(act("CreateModel", "model", model.ModelName), async () => {
        try {
          await client.send(new sdk.CreateModelCommand(model));
          return "created";
        } catch (thrown) {
          if (thrown instanceof Error && /already existing model/i.test(thrown.message)) return "exists";
          throw thrown;
        }
      }),
    describeModel: (name, signal) =>
      explained(
        act("DescribeModel", "model", name),
        () => client.send(new sdk.DescribeModelCommand({ ModelName: name }), options(signal)),
        signal,
      ),
    deleteModel: (name) =>
      explained(act("DeleteModel", "model", name), async () => {
        await client.send(new sdk.DeleteModelCommand({ ModelName: name }));
      }),
    close: () => client.destroy(),
  };
}
