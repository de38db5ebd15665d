import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import type { ServeOptions, ServeResult } from "../../../../src/backends/local/index.ts";
import { serveModel } from "../../../../src/backends/local/index.ts";
import { modelsFolder } from "../job.ts";

vi.setConfig({ testTimeout: 60_000 });

const flights = fileURLToPath(new URL("../../../../models/flights.onnx", import.meta.url));
const command = `"${process.execPath}" command-server.mjs {port}`;

describe("serving", () => {
  it.each([
    ["a module", { model: "echo-model.ts" }, [{ id: 5, pid: process.pid }]],
    ["a command", { command }, ["/invocations 5"]],
  ])("answers %s at a free port until the signal", async (_kind, backend, predictions) => {
    const { url, stop } = await serving({ backend, port: 0 });
    const response = await fetch(url, { method: "POST", headers, body: '{"instances":[{"id":5}]}' });
    expect(await response.json()).toEqual({ predictions });
    expect(await stop()).toEqual({ kind: "stopped" });
    await expect(fetch(url)).rejects.toThrow();
  });

  it("says so when the port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const starting = serve({ backend: { model: "echo-model.ts" }, port });
    await expect(starting).rejects.toMatchObject({
      code: "MODEL_START_FAILED",
      message: expect.stringMatching(`cannot listen on 127.0.0.1:${port}.*Choose another port`),
    });
    other.close();
  });

  it("frees the port when the model cannot be loaded", async () => {
    const options = { backend: { model: "failing-load-model.ts" }, port: 0 };
    await expect(serve(options)).rejects.toMatchObject({ code: "MODEL_LOAD_FAILED" });
  });

  it("ends with an error when the command does", async () => {
    const { url, ended } = await serving({ backend: { command: `${command} dies` }, port: 0 });
    await fetch(url, { method: "POST", headers, body: "{}" }).catch(() => undefined);
    await expect(ended).rejects.toMatchObject({ code: "MODEL_EXITED" });
  });
});

describe("a dry run", () => {
  it("scores the model's own example", async () => {
    expect(await serve({ backend: { model: "echo-model.ts" }, dryRun: true })).toEqual({
      kind: "dry-run",
      description: "model echo-model.ts",
      example: '{"id":7}',
      prediction: `{"id":7,"pid":${process.pid}}`,
      seconds: { load: expect.any(Number), score: expect.any(Number) },
    });
  });

  it("makes an example for an ONNX model from its inputs", async () => {
    const result = await serve({ backend: { model: flights }, dryRun: true });
    expect(result).toMatchObject({ example: '{"origin":"a","destination":"a","distance":0.5,"hour":1,"weekday":1}' });
  });

  it("scores the example that it is given, digit for digit", async () => {
    const result = await serve({
      backend: { model: "scripted-model.ts" },
      dryRun: true,
      example: '{"id":9007199254740993}',
    });
    expect(result).toMatchObject({ prediction: "9007199254740993" });
  });

  it("starts a command, and leaves nothing of it", async () => {
    const result = await serve({ backend: { command: `echo $$; exec ${command}` }, dryRun: true, example: '{"id":1}' });
    expect(result).toMatchObject({ prediction: '"/invocations 1"' });
  });

  it.each([
    [
      "a model without an example",
      { backend: { model: "plain-model.js" } },
      "USAGE",
      "add `example` to its defineModel",
    ],
    [
      "an example that is no JSON",
      { backend: { model: flights }, example: "{" },
      "USAGE",
      "must be one row as a JSON object",
    ],
    [
      "an example that is no row",
      { backend: { model: flights }, example: "[]" },
      "USAGE",
      "must be one row as a JSON object",
    ],
    [
      "an example without a column",
      { backend: { model: flights }, example: "{}" },
      "BACKEND_REFUSED",
      "The rows have no column origin",
    ],
    [
      "a row that the model cannot score",
      {
        backend: { model: flights },
        example: '{"origin":"LGA","destination":"PBI","distance":"far","hour":15,"weekday":5}',
      },
      "ROW_FAILED",
      "The column distance is the text",
    ],
  ])("fails for %s", async (_case, options, code, message) => {
    const running = serve({ ...options, dryRun: true });
    await expect(running).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

const headers = { "content-type": "application/json" };

function serve(options: Partial<ServeOptions> & Pick<ServeOptions, "backend">): Promise<ServeResult> {
  const signal = new AbortController().signal;
  return serveModel({ baseDirectory: modelsFolder, signal, log: () => undefined, ...options });
}

type Serving = { readonly url: string; readonly ended: Promise<ServeResult>; stop(): Promise<ServeResult> };

/** Resolves when the model answers. */
async function serving(options: Partial<ServeOptions> & Pick<ServeOptions, "backend">): Promise<Serving> {
  const cancel = new AbortController();
  const ready = Promise.withResolvers<string>();
  const log = (line: string) => {
    const url = /^Serving .* at (http.*)$/.exec(line)?.[1];
    if (url !== undefined) ready.resolve(url);
  };
  const ended = serve({ ...options, signal: cancel.signal, log });
  ended.catch(ready.reject);
  const url = await ready.promise;
  return {
    url,
    ended,
    stop: () => {
      cancel.abort();
      return ended;
    },
  };
}
