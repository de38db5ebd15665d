import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { createS3Client } from "../../src/adapters/object-store/create-s3-client.ts";
import { createS3ObjectStore } from "../../src/adapters/object-store/s3-object-store.ts";
import { createScoreframe } from "../../src/index.ts";
import { functionBackend } from "../support/function-backend.ts";
import { query } from "../support/query.ts";
import { newBucket } from "./support/buckets.ts";
import { allowsS3, documentedPolicy } from "./support/policy.ts";
import type { S3Call } from "./support/recording-proxy.ts";
import { recordingProxy } from "./support/recording-proxy.ts";
import { s3ServerFor } from "./support/s3-servers.ts";

it("the policy of the page allows what a run does, and nothing else", async (context) => {
  const names = new Map<string, string>();
  const stores = new Map<string, ReturnType<typeof createS3ObjectStore>>();
  for (const name of ["data", "runs", "tables"]) {
    const { name: bucket, client } = await newBucket(context, "ministack");
    names.set(bucket, name);
    stores.set(name, createS3ObjectStore(client, `s3://${bucket}`));
  }
  const at = (name: string, path: string): string => stores.get(name)?.locate(path) ?? "";
  const folder = await mkdtemp(join(tmpdir(), "s3-rights-"));
  const local = join(folder, "flights.parquet");
  await query(`copy (select n, n % 3 as part from range(3000) t(n)) to '${local}' (format parquet)`);
  await stores.get("data")?.upload(local, "flights/ds=1/flights.parquet");
  const proxy = await recordingProxy(s3ServerFor(context, "ministack").endpoint);
  process.env["AWS_ENDPOINT_URL_S3"] = proxy.endpoint;
  try {
    const answer = functionBackend("same", ({ instances }) =>
      JSON.stringify({ predictions: instances.map(({ n }) => n) }),
    );
    const engine = await createScoreframe({ workspace: at("runs", "scoring"), backends: [answer] });
    for (const source of ["flights", "flights/", "flights/*/*.parquet", "flights/ds=1/flights.parquet"]) {
      const job = {
        name: "rights",
        source: { kind: "sql" as const, tables: { flights: at("data", source) }, sql: "select n, part from flights" },
        model: { features: ["n"] },
        requests: { batch_size: 500 },
        backend: { kind: "same" },
        output: { path: at("tables", "scores/"), partition_by: ["part"] },
      };
      expect((await engine.check(job)).error).toBeNull();
      await engine.run(job);
    }
    await engine.runReport((await engine.runs())[0]?.run_id ?? "");
    await engine.close();
    for (const prefix of [at("runs", "scoring"), at("tables", "scores")]) await stopUpload(folder, prefix, proxy.calls);
  } finally {
    await proxy.stop();
    await rm(folder, { recursive: true, force: true });
  }

  const policy = documentedPolicy("docs/guides/s3.md", "policy");
  const calls = proxy.calls.map((call) => ({ ...call, bucket: names.get(call.bucket) ?? call.bucket }));
  // An object of the prefix's own name is asked for if a path does not end with "/", and the log of a lake's table above the path is looked
  // for; it does no harm if these calls are denied.
  const isDispensable = ({ bucket, key, action }: S3Call): boolean =>
    bucket === "data" &&
    ((key === "flights" && action === "s3:GetObject") ||
      (action === "s3:ListBucket" &&
        /^(_delta_log|_symlink_format_manifest|\.hoodie|_spark_metadata|metadata)\/$/.test(key)));
  const needed = calls.filter((call) => !isDispensable(call));
  expect(needed.filter((call) => !policy.some((statement) => allowsS3(statement, call)))).toEqual([]);
  const unused = policy.flatMap((statement) =>
    [statement.Action].flat().filter((Action) => !calls.some((call) => allowsS3({ ...statement, Action }, call))),
  );
  expect(unused).toEqual([]);
});

/** An upload that is stopped when its first part is on its way. */
async function stopUpload(folder: string, prefix: string, calls: readonly S3Call[]): Promise<void> {
  const path = join(folder, "large.bin");
  await writeFile(path, Buffer.alloc(60_000_000, 1));
  const stop = new AbortController();
  const before = calls.length;
  const uploading = createS3ObjectStore(createS3Client(), prefix).upload(path, "large.bin", stop.signal);
  const stopped = expect(uploading).rejects.toThrow("enough");
  while (calls.length < before + 2) await sleep(5);
  stop.abort(new Error("enough"));
  await stopped;
}
