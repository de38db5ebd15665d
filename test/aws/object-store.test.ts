import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ListMultipartUploadsCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import type { ObjectStore, StoredObject } from "../../src/core/ports/object-store.ts";
import { newBucket } from "./support/buckets.ts";
import { S3_SERVERS } from "./support/s3-servers.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "object-store-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function all(objects: AsyncIterable<StoredObject>): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of objects) keys.push(key);
  return keys;
}

async function localFile(bytes: number): Promise<{ path: string; content: Buffer }> {
  const content = randomBytes(bytes);
  const path = join(folder, `${content.toString("hex", 0, 8)}.bin`);
  await writeFile(path, content);
  return { path, content };
}

const sha = (content: Buffer): string => createHash("sha256").update(content).digest("hex");

describe.each(S3_SERVERS)("objects on %s", (server) => {
  const newStore = async (context: Parameters<typeof newBucket>[0]) => {
    const bucket = await newBucket(context, server);
    return { ...bucket, store: createS3ObjectStore(bucket.client, `s3://${bucket.name}/some/prefix/`) };
  };
  const stored = async (context: Parameters<typeof newBucket>[0]): Promise<ObjectStore> =>
    (await newStore(context)).store;

  it("keeps a file of 20 MB, in parts, byte for byte", async (context) => {
    const store = await stored(context);
    const { path, content } = await localFile(20_000_000);
    const { etag } = await store.upload(path, "big file.bin");
    expect(await store.head("big file.bin")).toEqual({ key: "big file.bin", bytes: 20_000_000, etag });
    const back = join(folder, "back.bin");
    await store.download("big file.bin", back);
    expect(sha(await readFile(back))).toBe(sha(content));
  });

  it("keeps an empty file", async (context) => {
    const store = await stored(context);
    const { path } = await localFile(0);
    await store.upload(path, "empty");
    await store.download("empty", join(folder, "empty-back"));
    expect(await readFile(join(folder, "empty-back"))).toHaveLength(0);
  });

  it.for(["a b", "ds=2024-05-01/run=x+y", "100%", "50%20off", "Zoë/Größe", "日本/😀", "a&b<c>'d\"e", "#?;@"])(
    "keeps and finds the key %j",
    async (key, context) => {
      const store = await stored(context);
      await store.writeText(key, `text of ${key}`);
      expect(await all(store.list(""))).toEqual([key]);
      expect((await store.readText(key))?.text).toBe(`text of ${key}`);
      await store.copy(key, `${key}-copy`);
      expect((await store.readText(`${key}-copy`))?.text).toBe(`text of ${key}`);
      await store.remove([key, `${key}-copy`]);
      expect(await all(store.list(""))).toEqual([]);
    },
  );

  it("lists more than a page of 1,000 keys, in order, and removes them", async (context) => {
    const store = await stored(context);
    const keys = Array.from({ length: 2300 }, (_, index) => `many/${String(index).padStart(5, "0")}`);
    for (let index = 0; index < keys.length; index += 100) {
      await Promise.all(keys.slice(index, index + 100).map((key) => store.writeText(key, key)));
    }
    await store.writeText("other", "not of them");
    expect(await all(store.list("many/"))).toEqual(keys);
    await store.remove(keys);
    expect(await all(store.list(""))).toEqual(["other"]);
  });

  it("does not see what is outside its prefix", async (context) => {
    const { client, name, store } = await newStore(context);
    await client.send(new PutObjectCommand({ Bucket: name, Key: "some/prefix-of-another/x", Body: "x" }));
    await store.writeText("mine", "x");
    expect(await all(store.list(""))).toEqual(["mine"]);
  });

  it("lets one of 16 writers win that all write at once", async (context) => {
    const store = await stored(context);
    const written = await Promise.all(
      Array.from({ length: 16 }, (_, index) => store.writeText("lock.json", `writer ${index}`, { absent: true })),
    );
    const winners = written.flatMap((etag, index) => (etag === null ? [] : [index]));
    expect(winners).toHaveLength(1);
    expect((await store.readText("lock.json"))?.text).toBe(`writer ${winners[0]}`);
  });

  it("replaces an object only as long as it is the one that was read", async (context) => {
    const store = await stored(context);
    const first = (await store.writeText("manifest.json", "1")) as string;
    expect(await store.writeText("manifest.json", "2", { etag: first })).not.toBeNull();
    expect(await store.writeText("manifest.json", "3", { etag: first })).toBeNull();
    expect((await store.readText("manifest.json"))?.text).toBe("2");
    await store.remove(["manifest.json"]);
    expect(await store.writeText("manifest.json", "4", { etag: first })).toBeNull();
  });

  it("reports what is missing", async (context) => {
    const store = await stored(context);
    expect(await store.head("none")).toBeNull();
    expect(await store.readText("none")).toBeNull();
    await store.remove(["none"]);
    const target = join(folder, "none");
    await expect(store.download("none", target)).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
      message: `s3:GetObject on ${store.locate("none")} failed: it does not exist, or not any more. Correct the path, or find out who removed it.`,
    });
    expect(existsSync(target)).toBe(false);
  });

  it("leaves no parts of an upload that was stopped", async (context) => {
    const { client, name, store } = await newStore(context);
    const { path } = await localFile(40_000_000);
    const stop = new AbortController();
    const uploading = store.upload(path, "stopped.bin", stop.signal);
    setTimeout(() => stop.abort(new Error("enough")), 30);
    await expect(uploading).rejects.toThrow("enough");
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: name }));
    expect(Uploads).toEqual([]);
    expect(await store.head("stopped.bin")).toBeNull();
  });

  it("leaves no half of a download that was stopped", async (context) => {
    const store = await stored(context);
    const { path } = await localFile(20_000_000);
    await store.upload(path, "stopped.bin");
    const target = join(folder, "half", "");
    const stop = new AbortController();
    const downloading = store.download("stopped.bin", join(folder, "half.bin"), stop.signal);
    setTimeout(() => stop.abort(new Error("enough")), 5);
    await expect(downloading).rejects.toThrow("enough");
    expect((await readdir(folder)).filter((name) => name.startsWith("half"))).toEqual([]);
    expect(existsSync(target)).toBe(false);
  });

  it("names the bucket that does not exist", async (context) => {
    const { client, name } = await newStore(context);
    const store = createS3ObjectStore(client, `s3://${name}-typo/x`);
    await expect(store.writeText("a", "a")).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
    await expect(all(store.list(""))).rejects.toMatchObject({ code: "BUCKET_NOT_FOUND" });
  });
});
