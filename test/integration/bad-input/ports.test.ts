import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished } from "vitest";
import { runInProcess } from "../../cli/support/memory-context.ts";
import type { Reported } from "./support/describe-bad-input.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

async function takenPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  return String((server.address() as AddressInfo).port);
}

async function failureOfServer(exitCode: number, ...args: readonly string[]): Promise<Reported> {
  const ended = await runInProcess(["serve", ...args, "--json"], project.path);
  const { error } = JSON.parse(ended.stdout);
  expect(ended.stderr).toContain(`Error ${error.code}: ${error.message}\n`);
  expect(ended.exitCode).toBe(exitCode);
  return error;
}

describeBadInput(
  "Ports",
  () => [project.path],
  (when) => {
    when("`serve --model` gets a port that is taken", async () =>
      failureOfServer(1, "--model", "model.ts", "--port", await takenPort()),
    );

    when("`serve --command` gets a port that is taken", async () =>
      failureOfServer(1, "--command", "exec sleep 60", "--port", await takenPort()),
    );

    when("`serve --host` is no address of this machine", () =>
      failureOfServer(1, "--model", "model.ts", "--port", "0", "--host", "192.0.2.1"),
    );

    when("`serve --port` is not a port", () => failureOfServer(2, "--model", "model.ts", "--port", "http"));

    when("the port in `backend.url` is not valid", async () => {
      await project.spoilJob("kind: local\n  model: model.ts", "kind: http\n  url: http://127.0.0.1:99999/invocations");
      return project.failingRun();
    });
  },
);
