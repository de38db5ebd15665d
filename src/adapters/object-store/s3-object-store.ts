import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { S3Client } from "@aws-sdk/client-s3";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { AwsAct, GivenEndpoint } from "../../aws/aws-act.ts";
import { awsError } from "../../aws/aws-error.ts";
import { parseS3Location } from "../../aws/s3-location.ts";
import { isStorageFailure, storageError } from "../../core/errors/storage-error.ts";
import type { ObjectStore, StoredObject, WriteCondition } from "../../core/ports/object-store.ts";

/** Parts of large files: 10,000 of them are 80 GB, and two at a time are all that an upload holds in memory. */
const PART_BYTES = 8_000_000;
const PARTS_AT_A_TIME = 2;
/** S3's own limit for one call. */
const KEYS_PER_DELETE = 1000;
/** A download that breaks off in the middle is begun again; the SDK's own retries end with the answer's head. */
const DOWNLOAD_TRIES = 4;

/** Objects below `s3://bucket/prefix`, in any store that speaks S3. `endpoint` is for messages: what an option gave the client. */
export function createS3ObjectStore(client: S3Client, address: string, endpoint?: GivenEndpoint): ObjectStore {
  const { bucket, prefix } = parseS3Location(address);
  const root = prefix === "" ? "" : `${prefix}/`;
  const location = `s3://${bucket}${prefix === "" ? "" : `/${prefix}`}`;
  const locate = (key: string): string => `${location}/${key}`;
  const failed = (thrown: unknown, act: AwsAct, signal: AbortSignal | undefined): unknown =>
    signal?.aborted ? signal.reason : awsError(thrown, endpoint === undefined ? act : { ...act, endpoint });
  const at = (key: string): { Bucket: string; Key: string } => ({ Bucket: bucket, Key: `${root}${key}` });

  async function head(key: string, signal?: AbortSignal): Promise<StoredObject | null> {
    try {
      const { ContentLength, ETag } = await client.send(new HeadObjectCommand(at(key)), options(signal));
      return { key, bytes: ContentLength ?? 0, etag: ETag ?? "" };
    } catch (thrown) {
      // A HEAD has no body: a missing bucket looks the same, and the next request reports it.
      if (statusOf(thrown) === 404) return null;
      throw failed(await inWords(thrown, key, signal), { action: "s3:GetObject", resource: locate(key) }, signal);
    }
  }

  /** Why a HEAD failed, by the body of a GET's response: expired credentials are only a status 400 to a HEAD. */
  async function inWords(thrown: unknown, key: string, signal?: AbortSignal): Promise<unknown> {
    if (![400, 403].includes(statusOf(thrown) ?? 0)) return thrown;
    try {
      const { Body } = await client.send(new GetObjectCommand({ ...at(key), Range: "bytes=0-0" }), options(signal));
      await Body?.transformToByteArray();
      return thrown;
    } catch (said) {
      return said;
    }
  }

  async function download(key: string, path: string, signal?: AbortSignal): Promise<StoredObject> {
    const aside = `${path}.${process.pid}.part`;
    for (let attempt = 1; ; attempt += 1) {
      const act = { action: "s3:GetObject", resource: locate(key) };
      try {
        const {
          Body,
          ContentLength = 0,
          ETag = "",
        } = await client.send(new GetObjectCommand(at(key)), options(signal));
        await pipeline(Body as NodeJS.ReadableStream, createWriteStream(aside), { ...(signal ? { signal } : {}) });
        const { size } = await stat(aside);
        if (size !== ContentLength) throw new Error(`the answer ended after ${size} of ${ContentLength} bytes`);
        await rename(aside, path);
        return { key, bytes: size, etag: ETag };
      } catch (thrown) {
        await rm(aside, { force: true });
        signal?.throwIfAborted();
        if (isStorageFailure(thrown)) throw storageError(path, "write", thrown);
        // An answer with a status is final: the SDK has already retried it.
        if (attempt === DOWNLOAD_TRIES || statusOf(thrown) !== undefined) throw failed(thrown, act, signal);
      }
    }
  }

  return {
    location,
    locate,
    head,
    download,
    async *list(start, signal) {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${root}${start}` }, options(signal));
      try {
        for await (const { Contents = [], Name } of pages) {
          if (Name === undefined) throw notS3("a list without the bucket's name");
          for (const { Key = "", Size = 0, ETag = "" } of Contents) {
            yield { key: Key.slice(root.length), bytes: Size, etag: ETag };
          }
        }
      } catch (thrown) {
        throw failed(thrown, { action: "s3:ListBucket", resource: locate(start) }, signal);
      }
    },
    async *folders(start, signal) {
      const within = { Bucket: bucket, Prefix: `${root}${start}`, Delimiter: "/" };
      try {
        for await (const { CommonPrefixes = [], Name } of paginateListObjectsV2({ client }, within, options(signal))) {
          if (Name === undefined) throw notS3("a list without the bucket's name");
          for (const { Prefix = "" } of CommonPrefixes) yield Prefix.slice(within.Prefix.length, -1);
        }
      } catch (thrown) {
        throw failed(thrown, { action: "s3:ListBucket", resource: locate(start) }, signal);
      }
    },
    async readText(key, signal) {
      try {
        const { Body, ETag = "" } = await client.send(new GetObjectCommand(at(key)), options(signal));
        return { text: (await Body?.transformToString("utf-8")) ?? "", etag: ETag };
      } catch (thrown) {
        if (isNamed(thrown, "NoSuchKey")) return null;
        throw failed(thrown, { action: "s3:GetObject", resource: locate(key) }, signal);
      }
    },
    async readEnd(key, bytes, signal) {
      const act = { action: "s3:GetObject", resource: locate(key) };
      try {
        const range = { ...at(key), Range: `bytes=-${bytes}` };
        const { Body, ContentRange = "", ETag = "" } = await client.send(new GetObjectCommand(range), options(signal));
        const end = (await Body?.transformToByteArray()) ?? new Uint8Array();
        const total = Number(/\/(\d+)$/.exec(ContentRange)?.[1] ?? end.length);
        return { end, object: { key, bytes: total, etag: ETag } };
      } catch (thrown) {
        // An empty object has no range.
        if (statusOf(thrown) === 416) return { end: new Uint8Array(), object: { key, bytes: 0, etag: "" } };
        throw failed(thrown, act, signal);
      }
    },
    async writeText(key, text, condition, signal) {
      try {
        const put = { ...at(key), Body: Buffer.from(text), ContentType: contentTypeOf(key), ...conditionOf(condition) };
        return etagOf(await client.send(new PutObjectCommand(put), options(signal)));
      } catch (thrown) {
        if (condition !== undefined && isUnmet(thrown, condition)) return null;
        throw failed(thrown, { action: "s3:PutObject", resource: locate(key) }, signal);
      }
    },
    async upload(path, key, signal) {
      const { size } = await stat(path).catch((thrown: unknown) => {
        throw storageError(path, "read", thrown);
      });
      try {
        signal?.throwIfAborted();
        const upload = new Upload({
          client,
          // The body ends the upload when the signal does: the uploader's own abort() answers before it has removed the parts.
          params: { ...at(key), Body: createReadStream(path, { signal }), ContentType: contentTypeOf(key) },
          partSize: PART_BYTES,
          queueSize: PARTS_AT_A_TIME,
          // What an upload that failed has sent would be kept, and paid for, without ever being seen.
          leavePartsOnError: false,
        });
        return { key, bytes: size, etag: etagOf(await upload.done()) };
      } catch (thrown) {
        throw failed(thrown, { action: "s3:PutObject", resource: locate(key) }, signal);
      }
    },
    async copy(from, to, signal) {
      try {
        const source = `${bucket}/${at(from).Key.split("/").map(encodeURIComponent).join("/")}`;
        await client.send(new CopyObjectCommand({ ...at(to), CopySource: source }), options(signal));
      } catch (thrown) {
        throw failed(thrown, { action: "s3:PutObject", resource: `${locate(to)} (a copy of ${locate(from)})` }, signal);
      }
    },
    async remove(keys, signal) {
      for (let index = 0; index < keys.length; index += KEYS_PER_DELETE) {
        const some = keys.slice(index, index + KEYS_PER_DELETE);
        const resource = `${locate(some[0] ?? "")}${some.length > 1 ? ` and ${some.length - 1} more` : ""}`;
        try {
          const Delete = { Objects: some.map((key) => ({ Key: at(key).Key })), Quiet: true };
          const { Errors = [] } = await client.send(
            new DeleteObjectsCommand({ Bucket: bucket, Delete }),
            options(signal),
          );
          // Some servers list what they have deleted, too, without a code.
          const failed = Errors.find(({ Code }) => Code !== undefined && Code !== "" && Code !== "NoSuchKey");
          if (failed !== undefined)
            throw Object.assign(new Error(failed.Message ?? ""), { name: failed.Code ?? "Error" });
        } catch (thrown) {
          throw failed(thrown, { action: "s3:DeleteObject", resource }, signal);
        }
      }
    },
  };
}

function options(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

function conditionOf(condition: WriteCondition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return "absent" in condition ? { IfNoneMatch: "*" } : { IfMatch: condition.etag };
}

/** 409: another writer with the same condition is in the middle of it. 404: what was to be replaced has gone. */
function isUnmet(thrown: unknown, condition: WriteCondition): boolean {
  const status = statusOf(thrown) ?? 0;
  return (
    status === 409 || status === 412 || ("etag" in condition && status === 404 && !isNamed(thrown, "NoSuchBucket"))
  );
}

/** Every S3 returns the version that it has stored. A server that answers 200 without it has stored nothing. */
function etagOf({ ETag }: { readonly ETag?: string | undefined }): string {
  if (ETag === undefined) throw notS3("an answer without an ETag");
  return ETag;
}

function notS3(found: string): Error {
  return Object.assign(new Error(found), { name: "NotS3" });
}

function contentTypeOf(key: string): string {
  if (key.endsWith(".json")) return "application/json";
  return /\.jsonl(\.out)?$/.test(key) ? "application/jsonlines" : "application/octet-stream";
}

function statusOf(thrown: unknown): number | undefined {
  return (thrown as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && thrown.name === name;
}
