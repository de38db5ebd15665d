import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished } from "vitest";
import { runInProcess } from "../../cli/support/memory-context.ts";
import { useProject } from "./support/project.ts";
import type { Told } from "./support/refusals.ts";
import { describeRefusals } from "./support/refusals.ts";

const project = useProject();

async function takenPort(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  return String((server.address() as AddressInfo).port);
}

async function refusedServer(exitCode: number, ...args: readonly string[]): Promise<Told> {
  const ended = await runInProcess(["serve", ...args, "--json"], project.path);
  const { error } = JSON.parse(ended.stdout);
  expect(ended.stderr).toContain(`Error ${error.code}: ${error.message}\n`);
  expect(ended.exitCode).toBe(exitCode);
  return error;
}

describeRefusals(
  "Ports",
  () => [project.path],
  (tell) => {
    tell("`serve --model` gets a port that is taken", async () =>
      refusedServer(1, "--model", "model.ts", "--port", await takenPort()),
    );

    tell("`serve --command` gets a port that is taken", async () =>
      refusedServer(1, "--command", "exec sleep 60", "--port", await takenPort()),
    );

    tell("`serve --host` is no address of this machine", () =>
      refusedServer(1, "--model", "model.ts", "--port", "0", "--host", "192.0.2.1"),
    );

    tell("`serve --port` is none", () => refusedServer(2, "--model", "model.ts", "--port", "http"));

    tell("the port in `backend.url` is none", async () => {
      await project.spoilJob("kind: local\n  model: model.ts", "kind: http\n  url: http://127.0.0.1:99999/invocations");
      return project.refusedRun();
    });
  },
);
