import { request } from "node:http";
import { describe, expect, it, onTestFinished } from "vitest";
import { startAwsJsonServer } from "../../src/emulators/host/aws-json-server.ts";
import type { EmulatedService } from "../../src/emulators/host/operation.ts";
import { validationError } from "../../src/emulators/host/service-error.ts";
import type { CallRates } from "../../src/emulators/host/throttle.ts";
import { throttled } from "../../src/emulators/host/throttle.ts";

/** Two services, as any two that this server may carry. */
const SERVICES: readonly EmulatedService[] = [
  {
    signingName: "athena",
    targetPrefix: "AmazonAthena",
    operations: {
      Echo: (input, caller) => ({ input, ...caller, nothing: undefined }),
      Reject: () => {
        throw validationError("no");
      },
      Break: () => {
        throw new Error("a fault of ours");
      },
    },
  },
  { signingName: "glue", targetPrefix: "AWSGlue", operations: { Echo: () => ({ service: "glue" }) } },
];

const JSON_1_1 = "application/x-amz-json-1.1";

function signedFor(service: string, region = "eu-west-1"): string {
  return `AWS4-HMAC-SHA256 Credential=key/20240501/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`;
}

async function start(rates: CallRates = {}) {
  const logged: string[] = [];
  const server = await startAwsJsonServer({
    services: throttled(SERVICES, rates),
    host: "127.0.0.1",
    port: 0,
    account: "123456789012",
    log: (line) => logged.push(line),
  });
  onTestFinished(() => server.close());
  const send = async (target: string, body: string | Buffer = "{}", headers: Record<string, string> = {}) => {
    const signed = { "content-type": JSON_1_1, "x-amz-target": target, authorization: signedFor("athena"), ...headers };
    const answer = await fetch(server.url, {
      method: "POST",
      body: new Uint8Array(Buffer.from(body)),
      headers: signed,
    });
    return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
  };
  return { url: server.url, logged, send };
}

describe("a server of the AWS JSON protocol", () => {
  it("answers by the target, for the region of the signature and its own account", async () => {
    const { send } = await start();
    const { status, headers, body } = await send("AmazonAthena.Echo", '{"a":[1,null]}');
    expect(body).toEqual({ input: { a: [1, null] }, region: "eu-west-1", account: "123456789012" });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe(JSON_1_1);
    expect(headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("carries several services, each with its own signature", async () => {
    const { send } = await start();
    const glue = { authorization: signedFor("glue") };
    expect((await send("AWSGlue.Echo", "", glue)).body).toEqual({ service: "glue" });
    expect((await send("AWSGlue.Echo")).body).toMatchObject({ __type: "InvalidSignatureException" });
  });

  it("takes no body for an empty one, and a type with parameters", async () => {
    const { send } = await start();
    const { body } = await send("AmazonAthena.Echo", "", { "content-type": `${JSON_1_1}; charset=utf-8` });
    expect(body).toMatchObject({ input: {} });
  });

  it.for([
    [
      "of another type",
      "AmazonAthena.Echo",
      { "content-type": "application/json" },
      "'application/json' is not served",
    ],
    ["of JSON 1.0", "AmazonAthena.Echo", { "content-type": "application/x-amz-json-1.0" }, "is not served"],
    ["of another service", "DynamoDB_20120810.ListTables", {}, "AmazonAthena.<operation> or AWSGlue.<operation>"],
    ["of no operation", "AmazonAthena.", {}, "names no operation"],
    ["of an operation and more", "AmazonAthena.Echo.more", {}, "names no operation"],
  ] as const)("does not know a request %s", async ([_name, target, headers, message]) => {
    const { send } = await start();
    const { status, body } = await send(target, "{}", headers);
    expect(status).toBe(404);
    expect(body).toEqual({ __type: "UnknownOperationException", message: expect.stringContaining(message) });
  });

  it.for(["Unknown", "constructor", "__proto__"])("rejects the operation %s by its name", async (name) => {
    const { send } = await start();
    const { status, body } = await send(`AmazonAthena.${name}`);
    expect(status).toBe(400);
    expect(body.__type).toBe("NotEmulated");
    expect(body.message).toContain(`AmazonAthena.${name}. The operations are Echo, Reject, Break.`);
  });

  it.for([
    ["cut off", "{"],
    ["with a mark of its byte order", "\ufeff{}"],
    ["not in UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ["nested without end", "[".repeat(200_000)],
    ["larger than any request", `{"a":"${"x".repeat(4_000_001)}"}`],
  ] as const)("rejects a body that is %s", async ([_name, body]) => {
    const { send, logged } = await start();
    expect(await send("AmazonAthena.Echo", body)).toMatchObject({
      status: 400,
      body: { __type: "SerializationException" },
    });
    expect(logged).toEqual([]);
  });

  it("answers errors of the service with status 400, and its own faults with 500 and a line of the log", async () => {
    const { send, logged } = await start();
    const rejection = await send("AmazonAthena.Reject");
    expect(rejection).toMatchObject({ status: 400, body: { __type: "ValidationException", message: "no" } });
    expect(logged).toEqual([]);
    const fault = await send("AmazonAthena.Break");
    expect(fault).toMatchObject({ status: 500, body: { __type: "InternalFailure", message: "a fault of ours" } });
    expect(logged.join()).toContain("a fault of ours");
  });

  it("answers nothing but POST /", async () => {
    const { url } = await start();
    const statuses = [fetch(url), fetch(`${url}/2`, { method: "POST" })].map(async (answer) => (await answer).status);
    expect(await Promise.all(statuses)).toEqual([404, 404]);
  });

  it("goes on when a client leaves in the middle of a request", async () => {
    const { url, send } = await start();
    await new Promise<void>((left) => {
      const half = request(url, { method: "POST", headers: { "content-length": 100 } });
      half.once("error", () => left());
      half.write("{", () => half.destroy());
      half.once("close", () => left());
    });
    expect((await send("AmazonAthena.Echo")).status).toBe(200);
  });

  it("says which port it cannot listen on", async () => {
    const { url } = await start();
    const port = Number(new URL(url).port);
    const again = startAwsJsonServer({ services: [], host: "127.0.0.1", port, account: "", log: () => undefined });
    await expect(again).rejects.toMatchObject({
      code: "EMULATOR_START_FAILED",
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});

describe("a throttled operation", () => {
  it("answers as often as it may, and then that the rate is exceeded", async () => {
    const { send } = await start({ Reject: 0.001 });
    expect((await send("AmazonAthena.Reject")).body.__type).toBe("ValidationException");
    const { status, body } = await send("AmazonAthena.Reject");
    expect(status).toBe(400);
    expect(body).toEqual({ __type: "ThrottlingException", message: "Rate exceeded" });
  });

  it("holds back nothing else: another operation, the same of another service, another region", async () => {
    const { send } = await start({ Echo: 0.001 });
    await send("AmazonAthena.Echo");
    expect((await send("AmazonAthena.Reject")).body).toMatchObject({ __type: "ValidationException" });
    expect((await send("AWSGlue.Echo", "{}", { authorization: signedFor("glue") })).status).toBe(200);
    const elsewhere = { authorization: signedFor("athena", "us-east-1") };
    expect((await send("AmazonAthena.Echo", "{}", elsewhere)).status).toBe(200);
  });

  it("may be called again when time has passed", async () => {
    const { send } = await start({ Echo: 20 });
    const call = async (): Promise<number> => (await send("AmazonAthena.Echo")).status;
    const burst = await Promise.all(Array.from({ length: 60 }, call));
    expect(burst.filter((status) => status === 200).length).toBeGreaterThanOrEqual(20);
    await expect.poll(call).toBe(200);
  });

  it("never answers with a rate of 0", async () => {
    const { send } = await start({ Echo: 0 });
    expect((await send("AmazonAthena.Echo")).body).toMatchObject({ __type: "ThrottlingException" });
  });

  it("has to exist", async () => {
    await expect(start({ CreateTransformjob: 1 })).rejects.toMatchObject({
      code: "EMULATOR_OPTIONS_INVALID",
      message: 'throttle: "CreateTransformjob" is no operation. The operations are Echo, Reject, Break, Echo.',
    });
  });
});
