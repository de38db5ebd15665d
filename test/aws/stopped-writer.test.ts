import { describeStoppedWriter } from "../adapters/table-output/describe-stopped-writer.ts";
import { objectPlace } from "./support/object-place.ts";
import { S3_SERVERS } from "./support/s3-servers.ts";

for (const server of S3_SERVERS) describeStoppedWriter(server, (context) => objectPlace(context, server));
