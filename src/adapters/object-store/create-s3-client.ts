import { S3Client } from "@aws-sdk/client-s3";
import { boundSilence, endpointFromEnvironment, serviceClientSettings } from "../../aws/service-client.ts";

export type S3ClientSettings = {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** Tries of a request whose connection is refused. @default as for any other failure */
  readonly refusedTries?: number;
};

/** A client with the default chains of credentials, region, profile and endpoint. */
export function createS3Client(given: S3ClientSettings = {}): S3Client {
  const { endpoint = endpointFromEnvironment("S3"), credentials, refusedTries, ...settings } = given;
  const client = new S3Client({
    ...serviceClientSettings(settings),
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === null ? {} : { endpoint }),
    // A local server has no name per bucket.
    forcePathStyle: endpoint !== null,
    // A bucket may be in another region.
    followRegionRedirects: true,
    // S3 rejects chunks of a streamed body that are smaller than 8 KiB; many emulators accept them.
    requestStreamBufferSize: 65_536,
  });
  return boundSilence(client, refusedTries);
}
