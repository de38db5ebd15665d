import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { runCli } from "./support/run-cli.ts";

const MODEL = "export default { predict: (rows: unknown[]) => rows.map(() => 1), example: {} };\n";

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "commonjs-")));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await write("package.json", '{ "name": "fresh", "type": "commonjs" }');
});

const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);

async function failure(args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(args, { cwd: folder });
  expect(exitCode).not.toBe(0);
  return `${stdout} ${stderr}`.replace(/\s+/g, " ");
}

describe("in a project whose package.json says commonjs, as npm init writes it", () => {
  const cures = (file: string, renamed: string): string =>
    `(${join(folder, "package.json")} says "type": "commonjs", and ${join(folder, file)} is written with import or export. ` +
    `Rename it to ${join(folder, renamed)}, or run \`npm pkg set type=module\` in ${folder}.)`;

  it("a model with an export is told the package.json and both cures", async () => {
    await write("model.ts", MODEL);
    expect(await failure(["serve", "--model", "model.ts", "--dry-run"])).toContain(cures("model.ts", "model.mts"));
  });

  it("what a model imports is named, where that is the file", async () => {
    await write("model.mts", `import "./features.js";\n${MODEL}`);
    await write("features.js", 'import "node:fs";\n');
    expect(await failure(["serve", "--model", "model.mts", "--dry-run"])).toContain(
      cures("features.js", "features.mjs"),
    );
  });

  it("a job file with an export is told so, too", async () => {
    await write("job.ts", "export default { name: 'j' };\n");
    expect(await failure(["check", "job.ts"])).toContain(cures("job.ts", "job.mts"));
  });

  it("another mistake is told where it is", async () => {
    await write("model.js", "const a = 1;\nconst a = 2;\n");
    const message = await failure(["serve", "--model", "model.js", "--dry-run"]);
    expect(message).toContain("has already been declared");
    expect(message).not.toContain("npm pkg set");
  });

  it.each([".mts", ".mjs"])("a model that ends in %s runs", async (ending) => {
    await write(`model${ending}`, MODEL.replace(ending === ".mjs" ? ": unknown[]" : "none", ""));
    expect(await runCli(["serve", "--model", `model${ending}`, "--dry-run"], { cwd: folder })).toMatchObject({
      exitCode: 0,
    });
  });
});
