import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";
import { codeBlocks, section } from "./support/markdown.ts";

const read = (page: string): string => readFileSync(join(root, page), "utf8");
const guide = read("docs/guides/local-cloud.md");
const atHome = section(read("docs/reference/backends/sagemaker.md"), "## At home");
const inTests = section(guide, "## In a test suite");

describe("the steps to a SageMaker at home", () => {
  const [command = ""] = codeBlocks(atHome).map(({ text }) => text);

  it("use the port of the guide and the image of its job", () => {
    const [, endpoint = ""] = /--endpoint-url (\S+)/.exec(command) ?? [];
    expect(guide).toContain(`export AWS_ENDPOINT_URL_SAGEMAKER=${endpoint}\n`);
    const [, image = ""] = /Image=(\S+)/.exec(command) ?? [];
    expect(read("examples/aws/job.yaml")).toContain(`image: ${image}\n`);
  });

  it("ask for no file and no bucket that no step makes", () => {
    expect(command).not.toMatch(/s3:\/\/|\.yaml|\.onnx/);
  });
});

describe("the test suite of the guide to a cloud on this machine", () => {
  it("says to install every package that its blocks import", () => {
    const imported = codeBlocks(inTests).flatMap(({ text }) =>
      Array.from(text.matchAll(/from "([^"]+)"/g), ([, name = ""]) => name),
    );
    const [, installed = ""] = /`npm install --save-dev ([^`]+)`/.exec(inTests) ?? [];
    expect(imported.filter((name) => !name.startsWith("scoreframe")).sort()).toEqual(installed.split(" ").sort());
  });

  it("has its model where it says that the package has it", () => {
    const [, path = ""] = /`node_modules\/scoreframe\/([^`]+)`/.exec(inTests) ?? [];
    expect(existsSync(join(root, path))).toBe(true);
    expect(JSON.parse(read("package.json")).files).toContain(path);
  });
});
