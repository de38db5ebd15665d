import { describe, expect, it } from "vitest";
import type { Answer } from "./support/container-server.ts";
import { startContainer } from "./support/container-server.ts";
import type { JobChanges, SagemakerLab } from "./support/sagemaker-lab.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

const QUICK = { retryDelay: 0.001 };
const one = { BatchStrategy: "SingleRecord" } satisfies JobChanges;
const retries = (InvocationsMaxRetries: number, InvocationsTimeoutInSeconds = 60): JobChanges => ({
  ...one,
  ModelClientConfig: { InvocationsMaxRetries, InvocationsTimeoutInSeconds },
});

/** A lab with one object of one record, before a container that answers by the number of the request. */
async function labAnswering(
  context: Parameters<typeof sagemakerLab>[0],
  answer: (number: number) => Answer,
): Promise<{ lab: SagemakerLab; requests: () => number }> {
  const lab = await sagemakerLab(context, { settings: QUICK });
  const container = await startContainer({ invoke: ({ number }) => answer(number) });
  await lab.createModel(container.url);
  await lab.put("in/a.txt", "1\n");
  return { lab, requests: () => container.invocations.length };
}

describe("a request that fails", () => {
  it("is sent again after a 5xx, and then counts as if nothing had been", async (context) => {
    const { lab, requests } = await labAnswering(context, (number) => (number < 4 ? { status: 503 } : "ok"));
    expect(await lab.run(one)).toMatchObject({ TransformJobStatus: "Completed" });
    expect(requests()).toBe(4);
  });

  it("is sent three times again and no more if the job does not say", async (context) => {
    const { lab, requests } = await labAnswering(context, () => ({ status: 500, body: "no\nluck" }));
    const job = await lab.run(one);
    expect(job.FailureReason).toBe("AlgorithmError: See job logs for more information");
    expect(requests()).toBe(4);
    const key = `${lab.bucket}/in/a.txt`;
    const lines = lab.logged.map((line) => line.replace(/^\S+ \S+\[sagemaker logs\]: /, ""));
    expect(lines).toEqual([
      "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=SINGLE_RECORD",
      `${key}: Bad HTTP status received from algorithm: 500`,
      `${key}: `,
      `${key}: Message:`,
      `${key}: no`,
      `${key}: luck`,
    ]);
  });

  it("is not sent again with InvocationsMaxRetries 0", async (context) => {
    const { lab, requests } = await labAnswering(context, () => ({ status: 500 }));
    await lab.run(retries(0));
    expect(requests()).toBe(1);
  });

  it.for([400, 408, 413, 429])("is not sent again after a %i, which is the client's error", async (status, context) => {
    const { lab, requests } = await labAnswering(context, () => ({ status }));
    const job = await lab.run(one);
    expect(job.FailureReason).toBe("ClientError: See job logs for more information");
    expect(requests()).toBe(1);
    expect(lab.logged.join("\n")).toContain(`in/a.txt: ClientError: ${status}`);
  });

  it("is sent again after a status that the emulator's options name", async (context) => {
    const lab = await sagemakerLab(context, { settings: { ...QUICK, retriedStatuses: [429] } });
    const statuses = [429, 500];
    const container = await startContainer({ invoke: () => ({ status: statuses.shift() ?? 200 }) });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    expect(await lab.run(one)).toMatchObject({ TransformJobStatus: "Failed" });
    expect(container.invocations).toHaveLength(2);
  });

  it("is not led elsewhere", async (context) => {
    const { lab } = await labAnswering(context, () => ({ status: 307 }));
    expect((await lab.run(one)).FailureReason).toBe("AlgorithmError: See job logs for more information");
  });

  it("has failed when its time is over, as often as it is sent", async (context) => {
    const { lab, requests } = await labAnswering(context, () => null);
    const job = await lab.run(retries(1, 1));
    expect(job.FailureReason).toBe("AlgorithmError: See job logs for more information");
    expect(requests()).toBe(2);
    expect(lab.logged.join("\n")).toContain("in/a.txt: Unable to get response from algorithm");
  });

  it("has failed when the connection breaks off", async (context) => {
    const lab = await sagemakerLab(context, { settings: QUICK });
    const container = await startContainer({
      invoke: (_invocation, response) => {
        response.writeHead(200, { "content-length": 10 }).write("half", () => response.destroy());
        return null;
      },
    });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    expect((await lab.run(retries(2))).FailureReason).toBe("AlgorithmError: See job logs for more information");
    expect(container.invocations).toHaveLength(3);
    expect(await lab.keys("out/")).toEqual([]);
  });

  it("ends its object at once: what comes after it is not sent", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ invoke: ({ body }) => (body === "2\n" ? { status: 400 } : "ok") });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n2\n3\n4\n");
    await lab.run(one);
    expect(container.invocations.map(({ body }) => body)).toEqual(["1\n", "2\n"]);
  });
});

describe("the reason of a job", () => {
  it("is what the first object failed with, if they failed in several ways", async (context) => {
    const lab = await sagemakerLab(context, { settings: QUICK });
    const container = await startContainer({ invoke: ({ body }) => ({ status: Number(body) }) });
    await lab.createModel(container.url);
    await lab.put("in/a", "400\n");
    await lab.put("in/b", "500\n");
    expect((await lab.run(one)).FailureReason).toBe("ClientError: See job logs for more information");
  });
});

describe("an answer", () => {
  it("may be any 2xx, of any content or none", async (context) => {
    const { lab } = await labAnswering(context, () => ({ status: 204 }));
    expect(await lab.run(one)).toMatchObject({ TransformJobStatus: "Completed" });
    expect(await lab.get("out/a.txt.out")).toBe("\n");
  });
});

describe("a container", () => {
  it("fails the job if it never answers its ping with 200", async (context) => {
    const lab = await sagemakerLab(context, { settings: { pingTimeout: 0.5 } });
    const container = await startContainer({ ping: () => 404 });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    const job = await lab.run();
    expect(job.FailureReason).toBe("AlgorithmError: Model container failed to respond to ping");
    expect(job.TransformEndTime).toBeDefined();
    expect(container.invocations).toEqual([]);
  });

  it("is pinged until it is ready, then asked for its parameters, then sent its first record", async (context) => {
    const lab = await sagemakerLab(context);
    const statuses = [503, 503];
    const container = await startContainer({ ping: () => statuses.shift() ?? 200 });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    await lab.run();
    expect(container.asked).toEqual([...Array(3).fill("GET /ping"), "GET /execution-parameters", "POST /invocations"]);
  });

  it("has two seconds for each ping", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ ping: (number) => (number === 1 ? null : 200) });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    const job = await lab.run();
    expect(job.TransformJobStatus).toBe("Completed");
    expect(container.asked.slice(0, 3)).toEqual(["GET /ping", "GET /ping", "GET /execution-parameters"]);
    expect(Number(job.TransformEndTime) - Number(job.TransformStartTime)).toBeGreaterThanOrEqual(2000);
  });

  it("is not ready if its ping leads elsewhere, or answers another 2xx", async (context) => {
    const lab = await sagemakerLab(context, { settings: { pingTimeout: 0.5 } });
    const container = await startContainer({ ping: (number) => (number % 2 === 1 ? 302 : 204) });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    expect((await lab.run()).FailureReason).toBe("AlgorithmError: Model container failed to respond to ping");
  });

  const parameters = { MaxConcurrentTransforms: 2, BatchStrategy: "SINGLE_RECORD", MaxPayloadInMB: 1 };

  it("says how it wants to be used if the job does not", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ parameters });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n2\n");
    await lab.run();
    expect(lab.logged[0]).toContain("MaxConcurrentTransforms=2, MaxPayloadInMB=1, BatchStrategy=SINGLE_RECORD");
    expect(container.invocations).toHaveLength(2);
  });

  it("is overruled by the job", async (context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ parameters });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n2\n");
    await lab.run({ MaxConcurrentTransforms: 3, MaxPayloadInMB: 4, BatchStrategy: "MultiRecord" });
    expect(lab.logged[0]).toContain("MaxConcurrentTransforms=3, MaxPayloadInMB=4, BatchStrategy=MULTI_RECORD");
    expect(container.invocations).toHaveLength(1);
  });

  it.for([
    ["a strategy as the API spells it", { BatchStrategy: "SingleRecord" }],
    ["more than 100 MB", { MaxPayloadInMB: 101 }],
    ["a part of a request", { MaxConcurrentTransforms: 1.5 }],
    ["a list", []],
  ])("fails the job if its parameters cannot be used: %s", async ([_name, parameters], context) => {
    const lab = await sagemakerLab(context);
    const container = await startContainer({ parameters });
    await lab.createModel(container.url);
    await lab.put("in/a.txt", "1\n");
    expect((await lab.run()).FailureReason).toBe("AlgorithmError: See job logs for more information");
  });
});
