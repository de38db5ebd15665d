import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { setEnvironment } from "../../support/environment.ts";
import { eventually, isAlive, localJob, modelsFolder } from "./job.ts";

// Every test starts a real process or several.
vi.setConfig({ testTimeout: 60_000 });

const server = (rest = "{port}") => `"${process.execPath}" command-server.mjs ${rest}`;

describe("a model of TypeScript or JavaScript", () => {
  it("answers rows from a process of its own, which ends with the session", async () => {
    const job = await localJob();
    const session = await job.open({ model: "echo-model.ts" });
    const [answer = ""] = await job.score(session, ['{"instances":[{"id":1},{"id":2}]}']);
    const { pid } = JSON.parse(answer).predictions[0] as { pid: number };
    expect(answer).toBe(`{"predictions":[{"id":1,"pid":${pid}},{"id":2,"pid":${pid}}]}`);
    expect(pid).not.toBe(process.pid);
    await session.close();
    expect(isAlive(pid)).toBe(false);
  });

  it("prints into the run's log, wherever it prints", async () => {
    const job = await localJob();
    await job.open({ model: "echo-model.ts" });
    const log = await job.log();
    expect(log).toContain(`loading from ${modelsFolder.replace(/\/$/, "")}`);
    expect(log).toContain("printed by the model");
    expect(log).toContain("written by the model");
  });

  it("reports when it is ready", async () => {
    const job = await localJob();
    await job.open({ model: "echo-model.ts" });
    expect(job.events).toEqual([{ type: "model-ready", seconds: expect.any(Number), detail: "model echo-model.ts" }]);
  });

  it("may be a plain object in plain JavaScript", async () => {
    const job = await localJob();
    expect(await job.score(await job.open({ model: "plain-model.js" }), ['{"instances":[{"id":4}]}'])).toEqual([
      '{"predictions":[8]}',
    ]);
  });

  it("takes its environment from the job", async () => {
    const job = await localJob();
    const session = await job.open({ model: "scripted-model.ts", env: { MODEL_SCRIPT: '{"reportRow":1}' } });
    expect(await job.score(session, ['{"instances":[{"id":1},{"id":2}]}'])).toEqual([
      '{"predictions":[{"error":"bad row"},2]}',
    ]);
  });

  it("fails a row whose prediction is NaN, or reads it as null if the job says so", async () => {
    const job = await localJob();
    const refusing = await job.open({ model: "nan-model.ts" });
    const [line] = await job.score(refusing, ['{"instances":[{"id":1},{"id":-1}]}']);
    expect(JSON.parse(line as string).predictions).toEqual([1, { error: expect.stringContaining("NaN") }]);
    const session = await job.open({ model: "nan-model.ts", non_finite: "as_null" });
    expect(await job.score(session, ['{"instances":[{"id":1},{"id":-1}]}'])).toEqual(['{"predictions":[1,null]}']);
  });

  it("ends the run when its process is killed in the middle, with no row silently lost", async () => {
    const job = await localJob();
    const session = await job.open({ model: "echo-model.ts" });
    const scoring = job.score(session, [
      '{"instances":[{"id":1}]}',
      '{"instances":[{"id":2,"kill":true}]}',
      '{"instances":[{"id":3}]}',
    ]);
    await expect(scoring).rejects.toMatchObject({
      code: "MODEL_EXITED",
      message: expect.stringMatching(/ended \(signal SIGKILL\).*model\.log; it ends with:.*printed by the model/s),
    });
  });
});

it("an ONNX file answers from a process of its own, too", async () => {
  const job = await localJob();
  const session = await job.open({ model: "../../../../models/penguins.onnx" });
  const [answer] = await job.score(session, [
    '{"instances":[{"a":38.6,"b":17.2,"c":199,"d":3750},{"a":"id","b":1,"c":1,"d":1}]}',
  ]);
  expect(answer).toMatch(
    /^\{"predictions":\[\{"label":"Adelie","probabilities":\[0\.\d+,.*\{"error":"The column a is the text/,
  );
});

describe("a model that cannot be loaded", () => {
  it.each([
    ["failing-load-model.ts", "failed in load(): the weights are missing"],
    ["failing-import-model.ts", "could not be imported: no such configuration"],
    ["no-model.ts", "has no default export with a predict function"],
    ["ecko-model.ts", `Did you mean ${join(modelsFolder, "echo-model.ts")}?`],
    ["../model/echo-model.ts", `Did you mean ${join(modelsFolder, "echo-model.ts")}?`],
  ])("says why: %s", async (model, message) => {
    const job = await localJob();
    await expect(job.open({ model })).rejects.toMatchObject({
      code: "MODEL_LOAD_FAILED",
      message: expect.stringContaining(message),
    });
  });

  it("fails with a hint at how TypeScript is run if it needs a compiler", async () => {
    const job = await localJob();
    const model = join(job.folder, "enum-model.ts");
    await writeFile(model, "enum Kind { A }\nexport default { predict: () => [Kind.A] };\n");
    await expect(job.open({ model })).rejects.toThrow("write the model without enums");
  });
});

describe("a command that serves a model", () => {
  it("gets a free port, and is asked at its paths", async () => {
    const job = await localJob();
    const session = await job.open({
      command: server("{port} health"),
      health_path: "/healthy",
      invocations_path: "/v1/score",
    });
    expect(await job.score(session, ['{"instances":[{"id":5}]}'])).toEqual(['{"predictions":["/v1/score 5"]}']);
    expect(await job.log()).toBe("starting health\n");
  });

  it("may listen on the IPv6 address of localhost alone", async () => {
    const job = await localJob();
    const session = await job.open({ command: server("{port} ipv6"), start_timeout_s: 20 });
    expect(await job.score(session, ['{"instances":[{"id":5}]}'])).toEqual(['{"predictions":["/invocations 5"]}']);
  });

  it("is asked directly, whatever proxy the environment names", async () => {
    setEnvironment({ HTTP_PROXY: "http://127.0.0.1:1", http_proxy: "http://127.0.0.1:1", NO_PROXY: "", no_proxy: "" });
    const job = await localJob();
    const session = await job.open({ command: server(), start_timeout_s: 20 });
    expect(await job.score(session, ['{"instances":[{"id":5}]}'])).toEqual(['{"predictions":["/invocations 5"]}']);
  });

  it("finds the port in its environment, too", async () => {
    const job = await localJob();
    const session = await job.open({ command: server("") });
    expect(await job.score(session, ['{"instances":[{"id":5}]}'])).toEqual(['{"predictions":["/invocations 5"]}']);
  });

  it("fails the run when it ends before it answers, with its exit code and its last words", async () => {
    const job = await localJob();
    await expect(job.open({ command: "echo no module named mlflow >&2; exit 3" })).rejects.toMatchObject({
      code: "MODEL_EXITED",
      message: expect.stringMatching(/exit code 3.*no module named mlflow/s),
    });
  });

  it("fails the run when it dies in the middle", async () => {
    const job = await localJob();
    const session = await job.open({ command: server("{port} dies") });
    await expect(job.score(session, ['{"instances":[{"id":1}]}'])).rejects.toMatchObject({
      code: "MODEL_EXITED",
      message: expect.stringMatching(/exit code 9.*out of memory/s),
    });
  });

  it("fails the run when it never listens, and leaves no process", async () => {
    const job = await localJob();
    const pidFile = join(job.folder, "pid");
    const command = `echo $$ > "${pidFile}"; echo thinking; sleep 300`;
    await expect(job.open({ command, start_timeout_s: 0.5 })).rejects.toMatchObject({
      code: "MODEL_START_FAILED",
      message: expect.stringMatching(/not ready after 0.5 s: GET .*\/ping was not answered.*thinking/s),
    });
    expect(isAlive(Number(await readFile(pidFile, "utf8")))).toBe(false);
  });

  it("fails with a hint at its health path if that answers something else", async () => {
    const job = await localJob();
    const opening = job.open({ command: server(), health_path: "/ready", start_timeout_s: 3 });
    await expect(opening).rejects.toThrow("/ready answered 404; set health_path");
  });

  it("is ended with all that it started", async () => {
    const job = await localJob();
    const pidFile = join(job.folder, "pids");
    const session = await job.open({ command: server("{port} family"), env: { PID_FILE: pidFile } });
    const pids = (await readFile(pidFile, "utf8")).split(" ").map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await session.close();
    await eventually(() => !pids.some(isAlive));
  });

  it("is killed when it does not end in time", async () => {
    const job = await localJob();
    const session = await job.open({ command: server("{port} stubborn") });
    await session.close();
    expect(await job.log()).toContain("ignoring SIGTERM");
    await expect(job.score(session, ['{"instances":[{"id":1}]}'])).rejects.toThrow();
  });

  it("is given up when the run is cancelled while it starts", async () => {
    const job = await localJob();
    const cancel = new AbortController();
    const opening = job.open({ command: "sleep 300" }, cancel.signal);
    setTimeout(() => cancel.abort(new Error("cancelled by the user")), 200);
    await expect(opening).rejects.toThrow("cancelled by the user");
  });
});

it.each([
  ["a module", { model: "echo-model.ts" }],
  ["a module that computes on and on, and what it started", { model: "busy-model.ts" }],
  ["a command", { command: server("{port} family") }],
  [
    "a command that ignores SIGTERM",
    { command: `trap '' TERM; sleep 300 & echo "$$ $!" > "$PID_FILE"; while :; do sleep 1; done` },
  ],
])("%s does not outlive a run that is killed", async (_kind, options) => {
  const job = await localJob();
  const pidFile = join(job.folder, "pids");
  const opener = fileURLToPath(new URL("./models/open-and-wait.ts", import.meta.url));
  const input = JSON.stringify({ options: { ...options, env: { PID_FILE: pidFile } }, folder: job.folder, pidFile });
  const runner = spawn(process.execPath, [opener, input], { stdio: ["ignore", "ignore", "inherit"] });
  await eventually(async () => (await readFile(pidFile, "utf8").catch(() => "")) !== "");
  const pids = (await readFile(pidFile, "utf8")).split(" ").map(Number);
  expect(pids.every(isAlive)).toBe(true);
  runner.kill("SIGKILL");
  await eventually(() => !pids.some(isAlive));
});
