import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startContainer } from "./support/container-server.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

const bodies = ({ invocations }: { readonly invocations: readonly { readonly body: string }[] }): string[] =>
  invocations.map(({ body }) => body);

describe("the records of an object", () => {
  it("are its lines, byte for byte: empty ones, carriage returns and a last one without an end, too", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "ä\r\n\nlast");
    await lab.run({ BatchStrategy: "SingleRecord" });
    expect(bodies(container)).toEqual(["ä\r\n", "\n", "last"]);
    expect(await lab.get("out/a.txt.out")).toBe("ä\r\n\n\n\nlast\n");
  });

  it("lose the newline that ends a request if the emulator is set so", async (context) => {
    const lab = await sagemakerLab(context, { settings: { recordNewline: "strip" } });
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n2\n");
    await lab.run({ BatchStrategy: "SingleRecord" });
    await lab.run({ BatchStrategy: "MultiRecord" });
    expect(bodies(container)).toEqual(["1", "2", "1\n2"]);
  });

  it("are one if it is not split", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.json", "[1,\n2]");
    await lab.run({ input: { SplitType: "None" }, output: { AssembleWith: "None" } });
    expect(bodies(container)).toEqual(["[1,\n2]"]);
    expect(await lab.get("out/a.json.out")).toBe("[1,\n2]");
  });

  it("are not put together in the output without AssembleWith", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ invoke: ({ body }) => body.trim() });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n2\n");
    await lab.run({ BatchStrategy: "SingleRecord", output: { AssembleWith: "None" } });
    expect(await lab.get("out/a.txt.out")).toBe("12");
  });

  it("may be empty: several records at once are then one request of no bytes, and one at a time is no request", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "");
    await lab.run({ BatchStrategy: "MultiRecord" });
    expect(bodies(container)).toEqual([""]);
    await lab.run({ BatchStrategy: "SingleRecord", output: { S3OutputPath: `s3://${lab.bucket}/single` } });
    expect(container.invocations).toHaveLength(1);
    expect(await lab.get("single/a.txt.out")).toBe("");
  });

  it("fail their object if one is larger than the payload, and nothing of it is kept", async (context) => {
    const lab = await sagemakerLab(context, { settings: { bytesPerMb: 10 } });
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "123\n12345678901\n");
    await lab.put("in/b.txt", "123456789\n");
    const job = await lab.run({ BatchStrategy: "SingleRecord", MaxPayloadInMB: 1 });
    expect(job.FailureReason).toBe("ClientError: See job logs for more information");
    expect(await lab.keys("out/")).toEqual(["out/b.txt.out"]);
    expect(lab.logged.join("\n")).toContain(`${lab.bucket}/in/a.txt: Record 2 is larger than MaxPayloadInMB`);
  });

  it("fail their object if it is not split and larger than the payload", async (context) => {
    const lab = await sagemakerLab(context, { settings: { bytesPerMb: 10 } });
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "12345678901");
    const job = await lab.run({ MaxPayloadInMB: 1, input: { SplitType: "None" }, output: { AssembleWith: "None" } });
    expect(job.TransformJobStatus).toBe("Failed");
    expect(container.invocations).toEqual([]);
  });

  it("have no limit with a payload of 0, and travel in pieces", async (context) => {
    const lab = await sagemakerLab(context, { settings: { bytesPerMb: 10 } });
    const container = await startContainer({ invoke: ({ body }) => String(body.length) });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "123456789\n".repeat(100));
    await lab.run({ MaxPayloadInMB: 0 });
    expect(container.invocations.map(({ request }) => request.headers["transfer-encoding"])).toEqual(["chunked"]);
    expect(await lab.get("out/a.txt.out")).toBe("1000\n");
  });

  it("are those of the decompressed object", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt.gz", gzipSync("1\n2\n"));
    await lab.put("in/no.gz", "plain");
    const job = await lab.run({ BatchStrategy: "SingleRecord", input: { CompressionType: "Gzip" } });
    expect(job).toMatchObject({ TransformJobStatus: "Failed", FailureReason: expect.stringMatching(/^ClientError: /) });
    expect(await lab.keys("out/")).toEqual(["out/a.txt.gz.out"]);
    expect(await lab.get("out/a.txt.gz.out")).toBe("1\n\n2\n\n");
  });

  it("keep their order with many requests at the same time", async (context) => {
    const lab = await sagemakerLab(context);
    const four = Promise.withResolvers<void>();
    const container = await startContainer({
      invoke: async ({ body, number }) => {
        if (number === 4) four.resolve();
        // None of the first four is answered before all are there; of each further four the first is the last.
        await (number <= 4 ? four.promise : new Promise((resolve) => setTimeout(resolve, number % 4 === 1 ? 20 : 0)));
        return body.trim();
      },
    });
    await lab.createModel(container.url);
    const lines = Array.from({ length: 40 }, (_, index) => `${index}\n`).join("");
    await lab.put("in/a.txt", lines);
    await lab.run({ BatchStrategy: "SingleRecord", MaxConcurrentTransforms: 4 });
    expect(await lab.get("out/a.txt.out")).toBe(lines);
    expect(container.mostAtOnce()).toBe(4);
  });
});

describe("a request", () => {
  it("has the types of the job, and nothing that shows the object, the line or the job", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    await lab.run({ input: { ContentType: "text/csv; header=absent" }, output: { Accept: "application/jsonlines" } });
    const headers = container.invocations[0]?.request.headers;
    expect(headers).toEqual({
      host: expect.anything(),
      connection: "keep-alive",
      "content-type": "text/csv; header=absent",
      accept: "application/jsonlines",
      "content-length": "2",
    });
  });

  it("has no types if the job has none", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    await lab.run();
    expect(Object.keys(container.invocations[0]?.request.headers ?? {}).sort()).toEqual([
      "connection",
      "content-length",
      "host",
    ]);
  });
});
