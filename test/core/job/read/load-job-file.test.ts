import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LoadedJob } from "../../../../src/core/job/read/load-job-file.ts";
import { loadJobFile } from "../../../../src/core/job/read/load-job-file.ts";
import { errorOf } from "../sample-job.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "job-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(name: string, text: string): Promise<LoadedJob> {
  await writeFile(join(folder, name), text);
  return read(name);
}

function read(name: string): Promise<LoadedJob> {
  const files = { readText: (path: string) => readFile(path, "utf8"), listFolder: (path: string) => readdir(path) };
  return loadJobFile(name, { workingDirectory: folder, ...files });
}

async function failure(name: string, text: string): Promise<string> {
  const error = await errorOf(() => load(name, text));
  return `${error.code} ${error.message}`;
}

const YAML = `
name: y # a comment
source: { kind: rows, path: r.csv }
backend: { kind: local }
output: { path: out }
`;
const JSON_TEXT = JSON.stringify({
  name: "j",
  source: { kind: "rows" },
  backend: { kind: "b" },
  output: { path: "o" },
});

describe("a job file", () => {
  it.each([
    ["job.yaml", YAML, "y"],
    ["job.YML", YAML.replaceAll("\n", "\r\n"), "y"],
    ["job.yaml", `\uFEFF${YAML}`, "y"],
    ["job.json", JSON_TEXT, "j"],
    ["job.mjs", `export default ${JSON_TEXT}`, "j"],
    ["job.ts", `const job: object = ${JSON_TEXT}; export default job;`, "j"],
  ])("%s is read", async (file, text, name) => {
    const { job, path, baseDirectory } = await load(file, text);
    expect({ name: job.name, path, baseDirectory }).toEqual({ name, path: join(folder, file), baseDirectory: folder });
  });

  it("reads dates and words as text, as YAML 1.2 does", async () => {
    const { job } = await load("job.yaml", `${YAML}model: { features: [yes, 2024-05-01] }`);
    expect(job.model.features).toEqual(["yes", "2024-05-01"]);
  });

  it("shows the line and the column of every problem", async () => {
    const message = await failure("job.yaml", `${YAML}requests:\n  batch_sise: 5\n  file_size_mb: many\n`);
    expect(message).toContain("requests.batch_sise (line 7, column 3): unknown key");
    expect(message).toContain('requests.file_size_mb (line 8, column 17): expected a number, found "many"');
  });

  it("shows the line of a missing variable", async () => {
    expect(await failure("job.yaml", `${YAML}model:\n  features: ["{{ ds }}"]\n`)).toMatch(
      /^TEMPLATE_VARIABLE_MISSING .*model\.features\.0 \(line 7, column 14\): `{{ ds }}` has no value/,
    );
  });

  it.each([
    ["a duplicate key", "job.yaml", "name: a\nname: b\n", "YAML at line 2, column 1: duplicate key"],
    ["a duplicate key", "job.json", '{"name": "a",\n "name": "b"}', "JSON at line 2, column 2: duplicate key"],
    [
      "a value in braces",
      "job.yaml",
      "name: {{ ds }}\n",
      "line 1, column 7: a key is a list or an object here; a value that begins with `{{` must be in quotes",
    ],
    ["tabs", "job.yaml", "source:\n\tkind: sql\n", "at line 2, column 1: tabs are not allowed"],
    ["an unknown tag", "job.yaml", "name: !env HOME\n", "line 1, column 7: unresolved tag"],
    ["an alias to nothing", "job.yaml", "name: *x\n", "unresolved alias"],
    ["a second document", "job.yaml", "name: a\n---\nname: b\n", "line 2, column 1: a job file holds one document"],
    ["comments in JSON", "job.json", '{\n // hi\n "name": "a"}', "JSON"],
    ["a comma too many in JSON", "job.json", '{"name": "a",}', "this is not JSON"],
    ["nothing", "job.yaml", "# only a comment\n", "it is empty"],
    ["no default export", "job.mjs", "export const job = 1;", "has no job as its default export"],
    ["a module that throws", "job.mjs", "throw new Error('bad luck');", "cannot be imported: bad luck"],
    ["an ending that says nothing", "job.txt", YAML, "Name it .yaml"],
  ])("with %s (%s) is rejected", async (_, file, text, message) => {
    const found = await failure(file, text);
    expect(found.toLowerCase()).toContain(message.toLowerCase());
    expect(found).toMatch(/^JOB_FILE_UNREADABLE/);
  });

  it("that grows without end from aliases is rejected", async () => {
    const levels = Array.from({ length: 12 }, (_, n) => `l${n + 1}: &l${n + 1} [${Array(9).fill(`*l${n}`).join(",")}]`);
    expect(await failure("job.yaml", `l0: &l0 [a]\n${levels.join("\n")}\n`)).toMatch(/^JOB_FILE_UNREADABLE/);
  });

  it("that contains itself by an alias is rejected", async () => {
    const message = await failure("job.yaml", YAML.replace("kind: local", "kind: local, all: &a [*a]"));
    expect(message).toMatch(
      /^JOB_INVALID .*backend\.all\.0.*: expected plain data .*, found an object that contains itself/,
    );
  });

  it("does not show its text in an error, which may hold a secret", async () => {
    const text = '{"name": "a", "backend": {"token": "hunter2", bad}}';
    expect(await failure("job.json", text)).not.toContain("hunter2");
  });

  it("that is a folder is reported as one, with the advice to name the job file in it", async () => {
    await mkdir(join(folder, "out"));
    const error = await errorOf(() => read("out"));
    expect(`${error.code} ${error.message}`).toBe(
      "JOB_FILE_UNREADABLE The job file out cannot be read: it is a folder; name the job file in it.",
    );
    await writeFile(join(folder, "out", "daily.yml"), YAML);
    expect((await errorOf(() => read("out"))).message).toContain(`such as ${join("out", "daily.yml")}.`);
  });

  it("that is not there is named", async () => {
    const error = await errorOf(() => read("nope.yaml"));
    expect(`${error.code} ${error.message}`).toBe(
      "JOB_FILE_NOT_FOUND There is no job file nope.yaml. `scoreframe init nope.yaml` writes one, or correct the path.",
    );
  });

  it.each([
    ["job.yml", "job.yaml"],
    ["job", "job.yaml"],
    ["JOB.yaml", "job.yaml"],
    ["job.json", "job.yaml"],
    ["jobb.yaml", "job.yaml"],
    ["late-flight.yaml", "late-flights.json"],
    [join("job", "daily.yml"), join("jobs", "daily.yaml")],
    [join("jobs", "dayly.yaml"), join("jobs", "daily.yaml")],
    [join("..", "elsewhere", "job.yml"), undefined],
    ["package.yaml", undefined],
  ])("%s, which is not there, suggests %s", async (name, suggestion) => {
    await mkdir(join(folder, "jobs"));
    for (const path of ["job.yaml", "job.ts", "late-flights.json", "rows.csv", join("jobs", "daily.yaml")]) {
      await writeFile(join(folder, path), YAML);
    }
    const error = await errorOf(() => read(name));
    expect(error.facts.details?.["nearest"]).toBe(suggestion);
    const advice = suggestion === undefined ? /`scoreframe init .*` writes one/ : `Did you mean ${suggestion}?`;
    expect(error.message).toMatch(advice);
  });
});
