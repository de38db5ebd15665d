import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { TestContext } from "vitest";
import { createS3ObjectStore } from "../../../src/adapters/object-store/s3-object-store.ts";
import { createObjectOutput } from "../../../src/adapters/table-output/objects/object-output.ts";
import type { ObjectStore } from "../../../src/core/ports/object-store.ts";
import type { TablePlace } from "../../adapters/table-output/table-place.ts";
import { newBucket } from "./buckets.ts";
import type { S3ServerName } from "./s3-servers.ts";

export type ObjectPlace = TablePlace & { readonly store: ObjectStore };

/** A prefix of a new bucket, whose name holds what has to be escaped in addresses. */
export async function objectPlace(context: Pick<TestContext, "skip">, server: S3ServerName): Promise<ObjectPlace> {
  const { client, name } = await newBucket(context, server);
  const address = `s3://${name}/tables/a+b 100%/ü`;
  const store = createS3ObjectStore(client, address);
  const folder = await mkdtemp(join(tmpdir(), "object-place-"));
  let fetched = 0;
  return {
    address,
    store,
    open: (timing) => createObjectOutput(store, { now: Date.now }, timing),
    async names() {
      const keys: string[] = [];
      for await (const { key } of store.list("")) keys.push(key);
      return keys.sort();
    },
    async read(key) {
      const found = await store.readText(key);
      if (found === null) throw new Error(`${key} is not there`);
      return found.text;
    },
    async write(key, text) {
      await store.writeText(key, text);
    },
    copy: (from, to) => store.copy(from, to),
    delete: (key) => store.remove([key]),
    async fetch(key) {
      // Partition values are read from the path, and a name may be too long or strange for more than its own folders.
      const path = join(folder, String(fetched++), key);
      await mkdir(dirname(path), { recursive: true });
      await store.download(key, path);
      return path;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
