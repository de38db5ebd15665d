import { resolve } from "node:path";
import { createFolderRunStore } from "../adapters/run-store/folder-run-store.ts";
import { createFolderOutput } from "../adapters/table-output/folder/folder-output.ts";
import { isS3 } from "../aws/s3-location.ts";
import type { Clock } from "../core/ports/clock.ts";
import type { ObjectStore, OpenStore } from "../core/ports/object-store.ts";
import type { RunStore } from "../core/ports/run-store.ts";
import type { TableOutput } from "../core/ports/table-output.ts";

/** Where runs are kept: a folder, or `s3://bucket/prefix`. */
export async function openRunStore(workspace: string): Promise<RunStore> {
  if (!isS3(workspace)) return createFolderRunStore(workspace);
  const { createObjectRunStore } = await import("../adapters/run-store/object-run-store.ts");
  return createObjectRunStore(await openObjectStore(workspace));
}

/** Where a table is published: a folder, or `s3://bucket/prefix`. `durable` is for folders; S3 has stored what it has answered. */
export async function openTableOutput(
  path: string,
  baseDirectory: string,
  clock: Clock,
  options: { readonly durable?: boolean } = {},
): Promise<TableOutput> {
  if (!isS3(path)) return createFolderOutput(resolve(baseDirectory, path), clock, options);
  const { createObjectOutput } = await import("../adapters/table-output/objects/object-output.ts");
  return createObjectOutput(await openObjectStore(path), clock);
}

/** The store of an `s3://` path. */
export const openStore: OpenStore = (address) => (isS3(address) ? openObjectStore(address) : null);

/** The SDK is loaded only if an address asks for it: it takes longer to load than a small run lasts. */
async function openObjectStore(address: string): Promise<ObjectStore> {
  const { createS3Client } = await import("../adapters/object-store/create-s3-client.ts");
  const { createS3ObjectStore } = await import("../adapters/object-store/s3-object-store.ts");
  return createS3ObjectStore(createS3Client(), address);
}
