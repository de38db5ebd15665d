import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { runCli } from "../../cli/support/run-cli.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";

const project = useProject();

function backendModule(id: string, create: string): string {
  return `export default { specificationVersion: "v1", id: "${id}", capabilities: {}, parseOptions: () => {}${create} };\n`;
}

describeBadInput(
  "The job file",
  () => [project.path],
  (when) => {
    when("there is no such file", () => project.failingRun({ args: ["jobs.yaml"] }));

    when("it is a folder", async () => {
      await mkdir(join(project.path, "jobs.yaml"));
      return project.failingRun({ args: ["jobs.yaml"] });
    });

    when("its name does not say what it is", async () => {
      await project.write("job.txt", "name: job\n");
      return project.failingRun({ args: ["job.txt"] });
    });

    when("it is empty", async () => {
      await project.write("job.yaml", "");
      return project.failingRun();
    });

    when("it is not YAML", async () => {
      await project.spoilJob("[x]", "[x");
      return project.failingRun();
    });

    when("it is not JSON", async () => {
      await project.write("job.json", '{\n  "name": "job",\n}\n');
      return project.failingRun({ args: ["job.json"] });
    });

    when("it is a text and no object", async () => {
      await project.write("job.yaml", "score my table\n");
      return project.failingRun();
    });

    when("a key is unknown", async () => {
      await project.spoilJob("features:", "feature:");
      return project.failingRun();
    });

    when("a key is missing", async () => {
      await project.spoilJob("output:\n  path: out\n", "");
      return project.failingRun();
    });

    when("values are of the wrong type", async () => {
      await project.spoilJob("[x]", "x\nrequests: { batch_size: many }");
      return project.failingRun();
    });

    when("a key is there twice", async () => {
      await project.spoilJob("output:", "name: again\noutput:");
      return project.failingRun();
    });

    when("a template has no value", async () => {
      await project.spoilJob("from rows", "from rows where id = {{ customer }}");
      return project.failingRun();
    });

    when("an environment variable is not set", async () => {
      await project.spoilJob("from rows", `from rows where id = \${CUSTOMER}`);
      return project.failingRun();
    });

    when("`--set` changes nothing", async () => {
      await project.spoilJob("from rows", "from rows where id = {{ customer }}");
      return project.failingRun({ args: ["job.yaml", "--set", "custumer=3"] });
    });

    when("the backend is unknown", async () => {
      await project.spoilJob("kind: local", "kind: locl");
      return project.failingRun();
    });

    when("a module of `plugins` does not exist", async () => {
      await project.spoilJob("backend:", "plugins: [./backend.ts]\nbackend:");
      return project.failingRun();
    });

    when("a package of `plugins` is not installed", async () => {
      await project.spoilJob("backend:", "plugins: [my-backend]\nbackend:");
      return project.failingRun();
    });

    when("a module of `plugins` exports no plug-in", async () => {
      await project.spoilJob("backend:", "plugins: [./model.ts]\nbackend:");
      return project.failingRun();
    });

    when("a backend of `plugins` is incomplete", async () => {
      await project.write("backend.mjs", backendModule("mine", ""));
      await project.spoilJob("backend:", "plugins: [./backend.mjs]\nbackend:");
      return project.failingRun();
    });

    when("a backend of `plugins` has an id that is taken", async () => {
      await project.write("backend.mjs", backendModule("local", ", create: () => {}"));
      await project.spoilJob("backend:", "plugins: [./backend.mjs]\nbackend:");
      return project.failingRun();
    });

    when("a value of the backend is of the wrong type", async () => {
      await project.spoilJob("model: model.ts", "model: model.ts\n  start_timeout_s: soon");
      return project.failingRun();
    });

    when("the model's name does not say what it is", async () => {
      await project.spoilJob("model: model.ts", "model: model.pkl");
      return project.failingRun();
    });

    when("a feature is no column of the table", async () => {
      await project.spoilJob("[x]", "[y]");
      return project.failingRun();
    });
  },
);

it("a process says it on stderr, leaves stdout to its one document, and ends with exit code 2", async () => {
  await project.spoilJob("features:", "feature:");
  const { stdout, stderr, exitCode } = await runCli(["run", "job.yaml", "--json"], { cwd: project.path });
  expect(JSON.parse(stdout)).toMatchObject({ run_id: null, status: "failed", error: { code: "JOB_INVALID" } });
  expect(stderr).toMatch(/^Error JOB_INVALID: .*job\.yaml.*model\.feature \(line 7, column 3\).*`features`\?\n$/);
  expect(exitCode).toBe(2);
});
