import { StopTransformJobCommand } from "@aws-sdk/client-sagemaker";
import { describe, expect, it } from "vitest";
import { startContainer } from "./support/container-server.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

describe("a transform job", () => {
  it("sends each line alone, and writes the answers in the order of the lines", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ invoke: ({ body }) => `<${body.trim()}>` });
    await lab.createModel(container.url);
    await lab.put("in/a.jsonl", "1\n2\n3\n");
    const job = await lab.run({ BatchStrategy: "SingleRecord" });
    expect(job).toMatchObject({ TransformJobStatus: "Completed", ModelName: "model" });
    expect(job.FailureReason).toBeUndefined();
    expect(container.invocations.map(({ body }) => body)).toEqual(["1\n", "2\n", "3\n"]);
    expect(await lab.get("out/a.jsonl.out")).toBe("<1>\n<2>\n<3>\n");
  });

  it("sends as many lines at once as fit, never of two objects", async (context) => {
    const lab = await sagemakerLab(context, { settings: { bytesPerMb: 10 } });
    const container = await startContainer();
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1234\n5678\n9\n");
    await lab.put("in/b.txt", "0\n");
    await lab.run({ BatchStrategy: "MultiRecord", MaxPayloadInMB: 1 });
    expect(container.invocations.map(({ body }) => body)).toEqual(["1234\n5678\n", "9\n", "0\n"]);
    expect(await lab.get("out/a.txt.out")).toBe("1234\n5678\n\n9\n\n");
  });

  it("keeps the output of the other objects if one has a bad record", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({
      invoke: ({ body }) => (body.includes("bad") ? { status: 400, body: "I do not like it" } : "ok"),
    });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n2\n");
    await lab.put("in/b.txt", "1\nbad\n3\n");
    await lab.put("in/c.txt", "1\n");
    const job = await lab.run({ BatchStrategy: "SingleRecord" });
    expect(job.TransformJobStatus).toBe("Failed");
    expect(job.FailureReason).toBe("ClientError: See job logs for more information");
    expect(await lab.keys("out/")).toEqual(["out/a.txt.out", "out/c.txt.out"]);
    expect(lab.logged.join("\n")).toMatch(new RegExp(`${lab.bucket}/in/b.txt: ClientError: 400[^]*I do not like it`));
  });

  it("stops half-way, and then has no output", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ invoke: ({ body }) => (body === "b\n" ? null : "ok") });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "a\n");
    await lab.put("in/b.txt", "b\n");
    await lab.put("out/a.txt.out", "of an earlier job");
    const name = await lab.createJob({ BatchStrategy: "SingleRecord" });
    await expect.poll(() => lab.get("out/a.txt.out")).toBe("ok\n");
    await lab.client.send(new StopTransformJobCommand({ TransformJobName: name }));
    expect((await lab.describe(name)).TransformJobStatus).toBe("Stopping");
    expect(await lab.finish(name)).toMatchObject({ TransformJobStatus: "Stopped" });
    expect(await lab.keys("out/")).toEqual([]);
  });
});
