import type {
  CreateModelCommandInput,
  CreateTransformJobCommandInput,
  DataProcessing,
  Tag,
} from "@aws-sdk/client-sagemaker";
import type { SagemakerOptions } from "../sagemaker-options.ts";
import type { MadeModel } from "../service/find-model.ts";

/** Characters that a tag's value must not have. The caller chooses a run's id, so it may have some. */
const NO_TAG_CHARACTER = /[^\p{L}\p{Z}\p{N}_.:/=+\-@]/gu;
const MOST_TAG_CHARACTERS = 256;

/** What a run adds to the options. */
export type TransformFacts = {
  readonly jobName: string;
  readonly modelName: string;
  readonly runId: string;
  /** `s3://bucket/…/requests/`: only the request files are below it. */
  readonly requests: string;
  /** `s3://bucket/…/responses` */
  readonly responses: string;
  readonly contentType: string;
  readonly accept: string;
  readonly instances: number;
};

/** The job as it is submitted. Every value is given, because AWS documents several defaults in two ways. */
export function transformJob(options: SagemakerOptions, facts: TransformFacts): CreateTransformJobCommandInput {
  return {
    TransformJobName: facts.jobName,
    ModelName: facts.modelName,
    BatchStrategy: options.batchStrategy,
    MaxPayloadInMB: options.maxPayloadMb,
    MaxConcurrentTransforms: options.maxConcurrentTransforms,
    ModelClientConfig: {
      InvocationsTimeoutInSeconds: options.invocationsTimeoutSeconds,
      InvocationsMaxRetries: options.invocationsMaxRetries,
    },
    Environment: options.environment,
    TransformInput: {
      DataSource: { S3DataSource: { S3DataType: "S3Prefix", S3Uri: facts.requests } },
      ContentType: facts.contentType,
      CompressionType: "None",
      SplitType: "Line",
    },
    TransformOutput: {
      S3OutputPath: facts.responses,
      Accept: facts.accept,
      AssembleWith: "Line",
      ...(options.outputKmsKeyId === null ? {} : { KmsKeyId: options.outputKmsKeyId }),
    },
    TransformResources: {
      // The SDK's type lists the instances of its release; the service knows newer ones.
      InstanceType: options.instanceType as never,
      InstanceCount: facts.instances,
      ...(options.volumeKmsKeyId === null ? {} : { VolumeKmsKeyId: options.volumeKmsKeyId }),
      ...(options.amiVersion === null ? {} : { TransformAmiVersion: options.amiVersion }),
    },
    // Only if the job asks for it: the service then parses every record, and it is not documented what that does to long numbers.
    ...(filters(options) ? { DataProcessing: dataProcessing(options) } : {}),
    ...(options.dataCapture === null
      ? {}
      : {
          DataCaptureConfig: {
            DestinationS3Uri: options.dataCapture.s3Uri,
            ...(options.dataCapture.kmsKeyId === null ? {} : { KmsKeyId: options.dataCapture.kmsKeyId }),
          },
        }),
    Tags: tagsOf(options, facts.runId),
  };
}

function filters({ inputFilter, outputFilter, joinSource }: SagemakerOptions): boolean {
  return inputFilter !== "$" || outputFilter !== "$" || joinSource !== "None";
}

function dataProcessing({ inputFilter, outputFilter, joinSource }: SagemakerOptions): DataProcessing {
  return { InputFilter: inputFilter, OutputFilter: outputFilter, JoinSource: joinSource };
}

/** The model that is made for a run, and deleted after it. */
export function modelOf(
  options: Pick<SagemakerOptions, "tags">,
  container: MadeModel,
  name: string,
  runId: string,
): CreateModelCommandInput {
  return { ...container, ModelName: name, Tags: tagsOf(options, runId) };
}

function tagsOf({ tags }: Pick<SagemakerOptions, "tags">, runId: string): Tag[] {
  const ours = { "scoreframe:run": runId.replace(NO_TAG_CHARACTER, "-").slice(0, MOST_TAG_CHARACTERS) };
  return Object.entries({ ...tags, ...ours }).map(([Key, Value]) => ({ Key, Value }));
}
