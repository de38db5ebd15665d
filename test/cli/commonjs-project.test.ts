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

  it("the error of a model with an export names the package.json and both fixes", async () => {
    await write("model.ts", MODEL);
    expect(await failure(["serve", "--model", "model.ts", "--dry-run"])).toContain(cures("model.ts", "model.mts"));
  });

  it("the error names a file that the model imports, if that is at fault", async () => {
    await write("model.mts", `import "./features.js";\n${MODEL}`);
    await write("features.js", 'import "node:fs";\n');
    expect(await failure(["serve", "--model", "model.mts", "--dry-run"])).toContain(
      cures("features.js", "features.mjs"),
    );
  });

  it("so does that of a job file with an export", async () => {
    await write("job.ts", "export default { name: 'j' };\n");
    expect(await failure(["check", "job.ts"])).toContain(cures("job.ts", "job.mts"));
  });

  it("the error of another mistake says where it is", async () => {
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
