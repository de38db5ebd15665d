import { expect, it } from "vitest";
import { runInProcess } from "../cli/support/memory-context.ts";
import { startAnsweringServer } from "./bad-input/support/answering-server.ts";
import { useProject } from "./bad-input/support/project.ts";

const project = useProject();
/** Clears the screen, sets a title, moves up by one line (C1), returns to the start of the line. */
const HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b1A\rfine";

function expectHarmless(text: string): void {
  expect(text).toContain("[2J");
  expect(text).not.toMatch(/(?![\t\n])\p{Cc}/u);
}

it.each(["run", "check"])("%s: what a model prints before it ends moves no cursor", async (command) => {
  await project.spoilJob(
    "model: model.ts",
    `command: printf '${HOSTILE.replaceAll("\x1b", "\\\\033").replaceAll("\x07", "\\\\007").replaceAll("\r", "\\\\r").replaceAll("\x9b", "\\\\302\\\\233")}'; exit 3`,
  );
  for (const options of [[], ["--json"], ["--verbose"]]) {
    const run = await runInProcess([command, "job.yaml", ...options], project.path);
    expectHarmless(run.stdout + run.stderr);
  }
});

it.each(["run", "check"])("%s: what a server answers moves no cursor", async (command) => {
  const url = await startAnsweringServer(() => ({ status: 400, type: "text/plain", body: HOSTILE }));
  await project.spoilJob("kind: local\n  model: model.ts", `kind: http\n  url: ${url}`);
  for (const options of [[], ["--json"], ["--verbose"]]) {
    const run = await runInProcess([command, "job.yaml", ...options], project.path);
    expectHarmless(run.stdout + run.stderr);
  }
});
