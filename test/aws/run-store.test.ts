import { createObjectRunStore } from "../../src/adapters/run-store/object-run-store.ts";
import { describeRunStore } from "../adapters/run-store/describe-run-store.ts";
import { objectPlace } from "./support/object-place.ts";
import { S3_SERVERS } from "./support/s3-servers.ts";

for (const server of S3_SERVERS) {
  describeRunStore(server, async (context) => {
    const place = await objectPlace(context, server);
    return { ...place, store: createObjectRunStore(place.store) };
  });
}
