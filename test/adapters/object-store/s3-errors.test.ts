import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createS3Client } from "../../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../../src/adapters/object-store/s3-object-store.ts";
import { writeOurs } from "../../../src/adapters/object-store/write-ours.ts";
import type { S3Script, ScriptedS3 } from "./scripted-s3.ts";
import { s3Error, scriptedS3 } from "./scripted-s3.ts";

let folder: string;
const servers: ScriptedS3[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "s3-errors-"));
});
beforeEach(() => {
  for (const [name, value] of Object.entries({
    AWS_ACCESS_KEY_ID: "key",
    AWS_SECRET_ACCESS_KEY: "the-secret",
    AWS_SESSION_TOKEN: "",
    AWS_REGION: "eu-central-1",
    AWS_MAX_ATTEMPTS: "2",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_PROFILE: "",
    AWS_CONFIG_FILE: join(folder, "none"),
    AWS_SHARED_CREDENTIALS_FILE: join(folder, "none"),
  })) {
    vi.stubEnv(name, value);
  }
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function scripted(script: S3Script): Promise<ScriptedS3> {
  const server = await scriptedS3(script);
  servers.push(server);
  return server;
}

const ADDRESS = "s3://bucket/some/prefix/key";

describe("an object that cannot be written says what to do", () => {
  test.each([
    [
      "the credentials have expired",
      s3Error(400, "ExpiredToken", "The provided token has expired."),
      "AWS_CREDENTIALS_INVALID",
      "the credentials of AWS_ACCESS_KEY_ID have expired. Get new ones",
    ],
    [
      "the key is unknown",
      s3Error(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."),
      "AWS_CREDENTIALS_INVALID",
      "the credentials of AWS_ACCESS_KEY_ID are not valid there (InvalidAccessKeyId)",
    ],
    [
      "the secret is wrong",
      s3Error(403, "SignatureDoesNotMatch", "The request signature we calculated does not match."),
      "AWS_CREDENTIALS_INVALID",
      "Check that the key, its secret and the session token belong together",
    ],
    [
      "the clock is wrong",
      s3Error(
        403,
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
      ),
      "AWS_CREDENTIALS_INVALID",
      "is too far from that of AWS. Correct it (NTP)",
    ],
    [
      "the right is missing",
      s3Error(403, "AccessDenied", "User: arn:aws:iam::1:user/me is not authorized to perform: s3:PutObject"),
      "AWS_ACCESS_DENIED",
      `Allow s3:PutObject on ${ADDRESS} in the policy of the role or user. AWS says: User: arn:aws:iam::1:user/me is not authorized`,
    ],
    [
      "the region is wrong",
      s3Error(400, "AuthorizationHeaderMalformed", "the region 'eu-central-1' is wrong; expecting 'us-west-2'"),
      "AWS_REGION_INVALID",
      "it is in another region (the region 'eu-central-1' is wrong; expecting 'us-west-2'). Set AWS_REGION",
    ],
    [
      "the bucket is elsewhere",
      s3Error(
        301,
        "PermanentRedirect",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
      ),
      "AWS_REGION_INVALID",
      "Set AWS_REGION to that of the bucket",
    ],
    [
      "the bucket is missing",
      s3Error(404, "NoSuchBucket", "The specified bucket does not exist"),
      "BUCKET_NOT_FOUND",
      "Correct its name",
    ],
    [
      "S3 is overloaded",
      s3Error(503, "SlowDown", "Please reduce your request rate."),
      "AWS_THROTTLED",
      "Run again later",
    ],
    [
      "S3 has a fault",
      s3Error(500, "InternalError", "We encountered an internal error."),
      "AWS_FAILED",
      "We encountered an internal error.",
    ],
  ])("if %s", async (_case, answer, code, text) => {
    const { store } = await scripted(() => answer);
    const failure = store.writeText("key", "x");
    await expect(failure).rejects.toMatchObject({
      code,
      message: expect.stringContaining(`s3:PutObject on ${ADDRESS} failed: `),
    });
    await expect(failure).rejects.toThrow(text);
    await expect(failure).rejects.not.toThrow("the-secret");
  });

  test("if there are no credentials", async () => {
    const { store, requests } = await scripted(() => ({ status: 200 }));
    vi.stubEnv("AWS_ACCESS_KEY_ID", "");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "");
    await expect(store.writeText("key", "x")).rejects.toMatchObject({
      code: "AWS_CREDENTIALS_INVALID",
      message: expect.stringMatching(/there are no credentials\. Set AWS_ACCESS_KEY_ID .* or AWS_PROFILE/),
    });
    expect(requests).toEqual([]);
  });

  test("if no region is set", async () => {
    vi.stubEnv("AWS_REGION", "");
    const { store } = await scripted(() => ({ status: 200 }));
    await expect(store.writeText("key", "x")).rejects.toMatchObject({
      code: "AWS_REGION_INVALID",
      message: expect.stringContaining("no region is set. Set AWS_REGION"),
    });
  });

  test("if nothing listens", async () => {
    vi.stubEnv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1");
    await expect(createS3ObjectStore(createS3Client(), "s3://bucket").writeText("key", "x")).rejects.toMatchObject({
      code: "AWS_UNREACHABLE",
      message: expect.stringContaining("Check AWS_ENDPOINT_URL_S3, which is http://127.0.0.1:1"),
    });
  });
});

describe("an object that cannot be read says what to do", () => {
  test("if a HEAD is rejected, which has no message", async () => {
    const { store } = await scripted(() => ({ status: 403 }));
    await expect(store.head("key")).rejects.toMatchObject({
      code: "AWS_ACCESS_DENIED",
      message: expect.stringContaining(`Allow s3:GetObject on ${ADDRESS}`),
    });
    await expect(store.head("key")).rejects.toThrow("s3:ListBucket");
  });

  test("if a listing is rejected", async () => {
    const { store } = await scripted(() => s3Error(403, "AccessDenied", "Access Denied"));
    const listed = store.list("")[Symbol.asyncIterator]().next();
    await expect(listed).rejects.toMatchObject({
      code: "AWS_ACCESS_DENIED",
      message: expect.stringContaining("Allow s3:ListBucket on s3://bucket/some/prefix"),
    });
  });

  test("if its answer is cut off each time, and nothing of it stays", async () => {
    const half = { status: 200, body: "half", headers: { "content-length": "8" }, hangUp: "after" } as const;
    const { store, requests } = await scripted(() => half);
    const failing = store.download("key", join(folder, "cut"));
    await expect(failing).rejects.toMatchObject({
      facts: { retryable: true },
      message: expect.stringContaining(ADDRESS),
    });
    expect(requests.length).toBeGreaterThan(1);
    expect((await readdir(folder)).filter((name) => name.startsWith("cut"))).toEqual([]);
  });

  test("not at all if only the first answer is cut off", async () => {
    const { store } = await scripted((_request, turn) =>
      turn === 0
        ? { status: 200, body: "half", headers: { "content-length": "8", etag: '"1"' }, hangUp: "after" }
        : { status: 200, body: "half+all", headers: { etag: '"1"' } },
    );
    expect(await store.download("key", join(folder, "whole"))).toMatchObject({ bytes: 8, etag: '"1"' });
    expect(await readFile(join(folder, "whole"), "utf8")).toBe("half+all");
  });
});

test("a write whose answer was lost is ours, though the store reports an earlier write", async () => {
  let kept = "";
  const { store, requests } = await scripted((request, turn) => {
    if (request.startsWith("GET")) return { status: 200, body: kept, headers: { etag: '"1"' } };
    kept = "mine";
    return turn === 0
      ? { status: 200, hangUp: "before" }
      : s3Error(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold");
  });
  expect(await writeOurs(store, "lock.json", "mine", { absent: true })).toBe('"1"');
  expect(requests.map((request) => request.split(" ")[0])).toEqual(["PUT", "PUT", "GET"]);
  expect(await writeOurs(store, "lock.json", "another's", { absent: true })).toBeNull();
});

test("an upload in parts that fails takes back what it has sent", async () => {
  const path = join(folder, "large");
  await writeFile(path, Buffer.alloc(20_000_000));
  const { store, requests } = await scripted((request) => {
    if (request.startsWith("POST")) {
      return {
        status: 200,
        body: "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>",
      };
    }
    return request.startsWith("DELETE") ? { status: 204 } : s3Error(403, "AccessDenied", "Access Denied");
  });
  await expect(store.upload(path, "key")).rejects.toMatchObject({ code: "AWS_ACCESS_DENIED" });
  expect(requests.filter((request) => request.startsWith("DELETE"))).toEqual([
    expect.stringMatching(/^DELETE \/bucket\/some\/prefix\/key\?.*uploadId=1/),
  ]);
});
