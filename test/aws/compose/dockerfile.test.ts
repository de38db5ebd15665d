import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isNewEnough, root } from "../../../scripts/lib/toolchain.mjs";
import { copyFromContext } from "./support/build-context.ts";
import type { Stage } from "./support/dockerfile.ts";
import { lastOf, readDockerfile } from "./support/dockerfile.ts";

const stages = readDockerfile();
const image = stages.at(-1) as Stage;
const { devDependencies } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
  devDependencies: Record<string, string>;
};

describe("the Dockerfile", () => {
  it("starts from the Node that the checkout works with, by its whole version", () => {
    const bases = [...new Set(stages.map(({ base }) => base))];
    expect(bases).toEqual([`node:${devDependencies["node"]}-slim`]);
    expect(isNewEnough(devDependencies["node"] ?? "")).toBe(true);
  });

  it("runs as a user who cannot change the image", () => {
    expect(lastOf(image, "USER")).toBe("node");
    expect(image.instructions.findIndex(({ name }) => name === "USER")).toBeGreaterThan(
      image.instructions.findLastIndex(({ name }) => name === "COPY" || name === "RUN"),
    );
  });

  it("is built from what the package needs, and from nothing else in a checkout", async () => {
    const folder = await mkdtemp(join(tmpdir(), "context-"));
    await copyFromContext(".", folder);
    const { files } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as { files: string[] };
    const there = await readdir(folder);
    const parts = files.map((path) => path.split("/")[0] ?? "").filter((part) => part !== "dist");
    expect(there).toEqual(expect.arrayContaining(parts));
    const needed = ["src", "scripts", "package.json", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
    expect(there.sort()).toEqual([...new Set([...parts, ...needed, "README.md", "LICENSE"])].sort());
    await rm(folder, { recursive: true });
  });
});
