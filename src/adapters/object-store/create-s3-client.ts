import { S3Client } from "@aws-sdk/client-s3";
import { endpointFromEnvironment, serviceClientSettings } from "../../aws/service-client.ts";

/** A client by the ordinary chains of credentials, region, profile and endpoint. */
export function createS3Client(given: { readonly region?: string; readonly endpoint?: string } = {}): S3Client {
  const { endpoint = endpointFromEnvironment("S3"), ...settings } = given;
  return new S3Client({
    ...serviceClientSettings(settings),
    ...(endpoint === null ? {} : { endpoint }),
    // A local server has no name per bucket.
    forcePathStyle: endpoint !== null,
    // A bucket of another region is no reason to fail.
    followRegionRedirects: true,
    // S3 refuses pieces of a streamed body that are smaller than 8 KiB; many emulators take them.
    requestStreamBufferSize: 65_536,
  });
}
