import { describe, expect, it } from "vitest";
import { localBackend } from "../../../src/backends/local/index.ts";

const parse = localBackend.parseOptions;

it("fills in what the job leaves out", () => {
  expect(parse({ model: "model.onnx" })).toEqual({
    model: { kind: "file", path: "model.onnx" },
    nonFinite: "refuse",
    startTimeoutSeconds: 120,
    requestTimeoutSeconds: 300,
    concurrency: 2,
    env: {},
    headers: {},
    unreachableTimeoutSeconds: 60,
  });
});

it("asks a command at /ping and /invocations by default", () => {
  const { model } = parse({ command: "serve --port {port}", invocations_path: "/v1" });
  expect(model).toEqual({
    kind: "command",
    command: "serve --port {port}",
    healthPath: "/ping",
    invocationsPath: "/v1",
  });
});

describe("is rejected", () => {
  it.each([
    ["neither model nor command", {}, "backend.model is missing"],
    ["both", { model: "a.ts", command: "b" }, "a run has one model"],
    ["a kind of file that nothing here runs", { model: "model.pkl" }, "serve any other kind of model with a `command`"],
    ["an unknown option", { model: "a.ts", concurency: 2 }, "Did you mean `concurrency`?"],
    ["an option of commands beside a model", { model: "a.ts", health_path: "/x" }, "belongs to a `command`"],
    ["a path without its slash", { command: "b", health_path: "ping" }, "begins with one /"],
    ["no time to start", { model: "a.ts", start_timeout_s: 0 }, "backend.start_timeout_s must be a number from 0.001"],
    ["half a request at once", { model: "a.ts", concurrency: 0.5 }, "must be a whole number"],
  ])("%s", (_name, options, message) => {
    expect(() => parse(options)).toThrow(
      expect.objectContaining({ code: "BACKEND_OPTIONS_INVALID", message: expect.stringContaining(message) }),
    );
  });

  it("a variable of the environment that is no text, without its value being shown", () => {
    expect(() => parse({ model: "a.ts", env: { TOKEN: 8_675_309 } })).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining("8675309") }),
    );
  });
});
