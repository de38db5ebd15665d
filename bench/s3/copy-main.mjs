// Copies a folder to S3 or back, in a separate process: `node bench/s3/copy-main.mjs '<CopySetting>'`. Plain JavaScript, as a user's program is.

import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";

/**
 * @typedef {object} CopySetting
 * @property {"scoreframe" | "sdk"} by
 * @property {"up" | "down"} direction
 * @property {string} folder
 * @property {string} bucket
 * @property {string} prefix Without a `/` at its end.
 * @property {{ store: string, client: string, queue: string }} modules Paths of the engine's modules.
 */

/** As many as the engine moves at a time. */
const AT_A_TIME = 4;

/** @type {CopySetting} */
const { by, direction, folder, bucket, prefix, modules } = JSON.parse(process.argv[2] ?? "");
const copy = by === "sdk" ? await bySdk() : await byEngine();
if (direction === "up") await copy.up(await filesBelow(folder));
else await copy.down();

/** The shortest that one would write with the SDK. */
async function bySdk() {
  const client = new S3Client({ forcePathStyle: true, requestStreamBufferSize: 65_536 });
  return {
    /** @param {readonly string[]} files */
    up: (files) =>
      someAtATime(files, async (file) => {
        const path = join(folder, file);
        const { size } = await stat(path);
        const Body = createReadStream(path);
        await client.send(
          new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/${file}`, Body, ContentLength: size }),
        );
      }),
    async down() {
      const keys = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}/` })) {
        keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
      }
      await someAtATime(keys, async (key) => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
        const target = await targetOf(key.slice(prefix.length + 1));
        await pipeline(/** @type {import("node:stream").Readable} */ (Body), createWriteStream(target));
      });
    },
  };
}

/** As a run does it. */
async function byEngine() {
  /** @type {typeof import("../../src/adapters/object-store/s3-object-store.ts")} */
  const { createS3ObjectStore } = await import(pathToFileURL(modules.store).href);
  /** @type {typeof import("../../src/adapters/object-store/create-s3-client.ts")} */
  const { createS3Client } = await import(pathToFileURL(modules.client).href);
  /** @type {typeof import("../../src/adapters/object-store/upload-queue.ts")} */
  const { createUploadQueue } = await import(pathToFileURL(modules.queue).href);
  const store = createS3ObjectStore(createS3Client(), `s3://${bucket}/${prefix}`);
  return {
    /** @param {readonly string[]} files */
    async up(files) {
      const queue = createUploadQueue(store, new AbortController().signal);
      for (const file of files) await queue.add(join(folder, file), file);
      await queue.settle();
    },
    async down() {
      const keys = [];
      for await (const { key } of store.list("")) keys.push(key);
      await someAtATime(keys, async (key) => {
        await store.download(key, await targetOf(key));
      });
    },
  };
}

/**
 * @template Item
 * @param {readonly Item[]} items
 * @param {(item: Item) => Promise<void>} work
 */
async function someAtATime(items, work) {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
}

/** @param {string} root */
async function filesBelow(root) {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)));
}

/** @param {string} file */
async function targetOf(file) {
  const target = join(folder, file);
  await mkdir(dirname(target), { recursive: true });
  return target;
}
