import { globSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/lib/toolchain.mjs";
import { section, tableRows } from "./support/markdown.ts";

const page = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");

describe("CONTRIBUTING.md", () => {
  it("has every part of src on its map, and no other", () => {
    const parts = readdirSync(join(root, "src"), { withFileTypes: true }).flatMap((entry) =>
      entry.name === "core"
        ? readdirSync(join(root, "src", "core"), { withFileTypes: true })
            .filter((inner) => inner.isDirectory())
            .map(({ name }) => `src/core/${name}`)
        : `src/${entry.name}`,
    );
    expect(
      ["### The core", "### Around the core"]
        .flatMap((heading) => tableRows(section(page, heading)))
        .map(([part]) => part)
        .sort(),
    ).toEqual(parts.sort());
  });

  it("is right about who imports the libraries of substance", () => {
    const importers = (library: string): string[] => {
      const files = globSync("src/**/*.ts", { cwd: root }).filter((file) =>
        new RegExp(`from "${library}"`).test(readFileSync(join(root, file), "utf8")),
      );
      return [...new Set(files.map((file) => file.split(/[\\/]/).slice(0, -1).join("/")))].sort();
    };
    expect({
      polars: importers("nodejs-polars"),
      zod: importers("zod"),
      yaml: importers("yaml"),
      inversify: importers("inversify"),
    }).toEqual({
      polars: ["src/core/polars"],
      zod: [
        ...["records", "run-store", "table-output"].map((adapter) => `src/adapters/${adapter}`),
        ...["http", "local", "sagemaker", "shared/options"].map((backend) => `src/backends/${backend}`),
        "src/core/job/read",
        "src/core/job/schema",
        "src/emulators/host",
        "src/emulators/sagemaker",
      ],
      yaml: ["src/core/job/read", "src/emulators/host"],
      inversify: ["src/composition"],
    });
  });
});
