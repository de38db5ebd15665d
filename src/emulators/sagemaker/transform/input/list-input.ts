import { messageOf, ScoreframeError } from "../../../../core/errors/scoreframe-error.ts";
import { parseS3Uri } from "../../../host/s3/s3-uri.ts";
import { ServiceError, validationError } from "../../../host/service-error.ts";
import type { SagemakerContext } from "../../sagemaker-context.ts";
import type { CreateTransformJobInput } from "../../shapes/transform-job.ts";
import type { Model } from "../../state/model.ts";
import { outputName } from "../output-name.ts";
import type { InputObject } from "./input-object.ts";
import { readManifest } from "./read-manifest.ts";

type ListContext = Pick<SagemakerContext, "bucket"> & { readonly region: string; readonly model: Model };

/** The objects that a job is to transform, by their keys. Throws the service's `ValidationException` if there are none. */
export async function listInput(
  { TransformInput }: CreateTransformJobInput,
  context: ListContext,
): Promise<readonly InputObject[]> {
  const { S3DataType, S3Uri } = TransformInput.DataSource.S3DataSource;
  try {
    const objects =
      S3DataType === "ManifestFile"
        ? await readManifest(S3Uri, context.bucket)
        : await listPrefix(S3Uri, context.bucket);
    if (objects.length === 0) throw noObjects(S3Uri, context);
    assertDistinctNames(objects);
    return objects;
  } catch (thrown) {
    throw explain(thrown, S3Uri, context);
  }
}

async function listPrefix(uri: string, bucketOf: ListContext["bucket"]): Promise<InputObject[]> {
  const { bucket, key: prefix } = parseS3Uri(uri);
  const objects: InputObject[] = [];
  for await (const { key } of bucketOf(bucket).list(prefix)) {
    // What consoles make to show an empty folder.
    if (!key.endsWith("/")) objects.push({ bucket, key, name: outputName(prefix, key) });
  }
  return objects;
}

function assertDistinctNames(objects: readonly InputObject[]): void {
  const seen = new Set<string>();
  for (const { name } of objects) {
    if (seen.has(name))
      throw validationError(`Two objects of the input would be written to the same output, ${name}.out`);
    seen.add(name);
  }
}

function noObjects(uri: string, { region, model }: ListContext): ServiceError {
  const { bucket } = parseS3Uri(uri);
  return validationError(
    `No S3 objects found under S3 URL "${uri}" given in input data source. Please ensure that the bucket exists in the selected region (${region}), that objects exist under that S3 prefix, and that the role "${model.input.ExecutionRoleArn}" has "s3:ListBucket" permissions on bucket "${bucket}".`,
  );
}

function explain(thrown: unknown, uri: string, context: ListContext): unknown {
  if (!ScoreframeError.is(thrown)) return thrown;
  // What a user of the service would see; everything else is about the emulator's own S3.
  if (["BUCKET_NOT_FOUND", "OBJECT_NOT_FOUND", "AWS_ACCESS_DENIED", "USAGE"].includes(thrown.code)) {
    return noObjects(uri, context);
  }
  const message = `The emulator cannot read its S3: ${messageOf(thrown)}`;
  // Clients retry for minutes after a 500, and the user would not see why.
  if (thrown.code === "AWS_UNREACHABLE") return validationError(message);
  return new ServiceError("InternalFailure", message, { status: 500 });
}
