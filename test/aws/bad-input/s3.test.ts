import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { s3Error } from "../../adapters/object-store/scripted-s3.ts";
import { describeBadInput } from "../../integration/bad-input/support/describe-bad-input.ts";
import { HTML, notAuthorized, S3_ERRORS, s3Says } from "./support/aws-says.ts";
import { useCloud } from "./support/cloud.ts";

const cloud = useCloud();
const SOURCE = ["--set", "source.sql=select * from t", "--set"];

/** IAM forbids what only some of the calls need; the rest goes through. */
const forbid = (right: string, resource: string): void =>
  cloud.s3(s3Says(s3Error(403, "AccessDenied", notAuthorized(`s3:${right}`, `"${resource}"`)), right));

describeBadInput(
  "S3",
  () => [cloud.folder, cloud.bucket],
  (row) => {
    row("the workspace's bucket does not exist", () =>
      cloud.failure(2, "run", "--workspace", "s3://no-such-bucket/scoring"),
    );

    row("the workspace's bucket does not exist, to `check`", () =>
      cloud.failure(1, "check", "--workspace", "s3://no-such-bucket/scoring"),
    );

    row("the workspace's bucket does not exist, to `runs`", () =>
      cloud.failure(2, "runs", "--workspace", "s3://no-such-bucket/scoring"),
    );

    row("the source's bucket does not exist", () =>
      cloud.failure(2, "plan", ...SOURCE, "source.tables={t: s3://no-such-bucket/flights.parquet}"),
    );

    row("the output's bucket does not exist", () =>
      cloud.failure(2, "run", "--set", "output.path=s3://no-such-bucket/scores"),
    );

    row("the output's bucket does not exist, to `check`", () =>
      cloud.failure(1, "check", "--set", "output.path=s3://no-such-bucket/scores"),
    );

    row("no bucket can have such a name", () => cloud.failure(2, "run", "--workspace", "s3://My_Bucket/scoring"));

    row("S3 takes no such name", () => {
      cloud.s3(s3Says(S3_ERRORS.invalidBucketName));
      return cloud.failure(2);
    });

    row("the bucket is in another region", () => {
      cloud.s3(s3Says(S3_ERRORS.redirect(cloud.bucket)));
      return cloud.failure(2);
    });

    row("the bucket is in another region, which S3 says of the signature", () => {
      cloud.s3(s3Says(S3_ERRORS.malformed));
      return cloud.failure(2);
    });

    row("the bucket is in another region, and only a HEAD was asked", () => {
      cloud.s3(({ method }) =>
        method === "HEAD" ? { status: 301, headers: { "x-amz-bucket-region": "eu-west-1" } } : null,
      );
      return cloud.failure(2, "plan", ...SOURCE, `source.tables={t: s3://${cloud.bucket}/flights.parquet}`);
    });

    row("a file may not be written", () => {
      forbid("PutObject", `arn:aws:s3:::${cloud.bucket}/scoring/runs/1/run.json`);
      return cloud.failure(2);
    });

    row("a file may not be read", async () => {
      await cloud.store.writeText("flights.csv", "n\n1\n");
      forbid("GetObject", `arn:aws:s3:::${cloud.bucket}/flights.csv`);
      return cloud.failure(2, "plan", ...SOURCE, `source.tables={t: s3://${cloud.bucket}/flights.csv}`);
    });

    row("a file may not be read, and S3 says no more than that", async () => {
      await cloud.store.writeText("flights.csv", "n\n1\n");
      cloud.s3(s3Says(S3_ERRORS.accessDenied, "GetObject"));
      return cloud.failure(2, "plan", ...SOURCE, `source.tables={t: s3://${cloud.bucket}/flights.csv}`);
    });

    row("files may not be listed", () => {
      forbid("ListBucket", `arn:aws:s3:::${cloud.bucket}`);
      return cloud.failure(2, "runs");
    });

    row("a large file may not be uploaded in parts", () => {
      cloud.s3(({ method }) => (method === "POST" ? S3_ERRORS.accessDenied : null));
      const rows = "source.sql=select repeat(md5(n::varchar), 40000) as n from range(8) t(n)";
      return cloud.failure(2, "run", "--set", rows, "--set", "requests={batch_size: 1, file_size_mb: 12}");
    });

    row("the objects of an earlier run may not be removed", async () => {
      const output = ["--set", `output.path=s3://${cloud.bucket}/scores`, "--set", "backend.kind=sagemaker"];
      await cloud.succeeds("run", ...output);
      await cloud.succeeds("run", ...output);
      forbid("DeleteObject", `arn:aws:s3:::${cloud.bucket}/scores/x`);
      return cloud.failure(2, "run", ...output);
    });

    row("the key that encrypts the bucket may not be used", () => {
      const key = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";
      cloud.s3(s3Says(s3Error(403, "AccessDenied", notAuthorized("kms:GenerateDataKey", key)), "PutObject"));
      return cloud.failure(2);
    });

    row("a policy of the organisation forbids it", () => {
      const why = "with an explicit deny in a service control policy";
      const words = notAuthorized("s3:PutObject", `"arn:aws:s3:::${cloud.bucket}/x"`).replace(/because .*/, why);
      cloud.s3(s3Says(s3Error(403, "AccessDenied", words), "PutObject"));
      return cloud.failure(2);
    });

    row("S3 asks for fewer requests", () => {
      cloud.s3(s3Says(S3_ERRORS.slowDown));
      return cloud.failure(1);
    });

    row("S3 has waited too long for bytes", () => {
      cloud.s3(s3Says(S3_ERRORS.requestTimeout));
      return cloud.failure(1);
    });

    row("nothing listens at the endpoint", () => {
      cloud.env({ AWS_ENDPOINT_URL_S3: "http://127.0.0.1:1" });
      return cloud.failure(1);
    });

    row("the endpoint hangs up", async () => {
      const server = createServer((socket) => void socket.destroy());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      cloud.env({ AWS_ENDPOINT_URL_S3: `http://127.0.0.1:${(server.address() as { port: number }).port}` });
      return cloud.failure(1);
    });

    row("the endpoint is no address", () => {
      cloud.env({ AWS_ENDPOINT_URL_S3: "minio" });
      return cloud.failure(1);
    });

    row("the endpoint does not speak TLS", () => {
      cloud.env({ AWS_ENDPOINT_URL_S3: String(process.env["AWS_ENDPOINT_URL_S3"]).replace("http:", "https:") });
      return cloud.failure(1);
    });

    row("a page answers where S3 should", () => {
      cloud.s3(s3Says({ status: 404, ...HTML }));
      return cloud.failure(1);
    });

    row("a page says that all is well where S3 should", () => {
      cloud.s3(s3Says({ status: 200, ...HTML }));
      return cloud.failure(1);
    });

    row("a page answers where S3 should, to `runs`", () => {
      cloud.s3(s3Says({ status: 200, ...HTML }));
      return cloud.failure(1, "runs");
    });

    row("the proxy is not there", () => {
      cloud.env({ AWS_ENDPOINT_URL_S3: "", HTTPS_PROXY: "http://me:secret@127.0.0.1:1" });
      return cloud.failure(1);
    });
  },
);

describe("S3", () => {
  it("is asked through the proxy of the environment", async () => {
    const asked: string[] = [];
    const proxy = createServer((socket) => {
      socket.once("data", (bytes: Buffer) => {
        asked.push(bytes.toString("latin1").split("\r\n")[0] ?? "");
        socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void proxy.close());
    const { port } = proxy.address() as { port: number };
    cloud.env({ AWS_ENDPOINT_URL_S3: "", HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: "" });
    const { message } = await cloud.failure(1);
    expect(asked[0]).toBe(`CONNECT ${cloud.bucket}.s3.us-east-1.amazonaws.com:443 HTTP/1.1`);
    expect(message).toContain(`the proxy, which is http://127.0.0.1:${port} (HTTPS_PROXY)`);
  });

  it("says of an unknown region where its name comes from", async () => {
    cloud.env({ AWS_ENDPOINT_URL_S3: "", AWS_REGION: "xx-nowhere-1" });
    const { message } = await cloud.failure(1);
    expect(message).toMatch(
      /there is no such address \(.* \S+\.s3\.xx-nowhere-1\.amazonaws\.com\)\. Is it a region of AWS\?/,
    );
  });

  it("keeps a workspace among files of others", async () => {
    for (const key of [
      "scoring/readme.txt",
      "scoring/runs/notes.txt",
      "scoring/runs/old/run.json",
      "scoring/runs/x/y",
    ]) {
      await cloud.store.writeText(key, "theirs");
    }
    await cloud.succeeds();
    expect((await cloud.succeeds("runs")).report).toMatchObject({ runs: [{ status: "succeeded" }] });
    expect((await cloud.store.readText("scoring/runs/old/run.json"))?.text).toBe("theirs");
  });
});
