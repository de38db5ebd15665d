import { notEmulated, validationError } from "../host/service-error.ts";
import { checkDataProcessing } from "./data-processing/check-data-processing.ts";
import type { CreateTransformJobInput } from "./shapes/transform-job.ts";
import { DEFAULT_PAYLOAD_MB } from "./transform/transform-settings.ts";

/** Requests at the same time on one instance, times the megabytes of each (developer guide, "Use Batch Transform"). */
const MOST_MB_AT_ONCE = 100;

/** The rules that span members of a request; each member alone has been checked. */
export function checkTransformRequest(input: CreateTransformJobInput): void {
  checkPayload(input);
  checkInput(input);
  checkDataProcessing(input);
  if (input.TransformOutput.KmsKeyId) {
    throw notEmulated("'transformOutput.kmsKeyId'", "Leave it out: output is written without encryption.");
  }
}

function checkPayload({
  MaxConcurrentTransforms = 0,
  MaxPayloadInMB = DEFAULT_PAYLOAD_MB,
}: CreateTransformJobInput): void {
  const product = MaxConcurrentTransforms * MaxPayloadInMB;
  if (product <= MOST_MB_AT_ONCE) return;
  throw validationError(
    `MaxConcurrentTransforms * MaxPayloadInMB must not exceed ${MOST_MB_AT_ONCE} MB: ${MaxConcurrentTransforms} * ${MaxPayloadInMB} = ${product}.`,
  );
}

function checkInput({ TransformInput }: CreateTransformJobInput): void {
  const { S3DataType } = TransformInput.DataSource.S3DataSource;
  if (S3DataType !== "S3Prefix" && S3DataType !== "ManifestFile") {
    throw validationError(
      `S3DataType ${S3DataType} cannot be used with a transform job. Use S3Prefix or ManifestFile.`,
    );
  }
  const { SplitType } = TransformInput;
  if (SplitType === "RecordIO" || SplitType === "TFRecord") {
    throw notEmulated(`SplitType '${SplitType}'`, "Use Line or None.");
  }
}
