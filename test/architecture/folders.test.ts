import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** Files that a folder may hold next to each other: about a dozen can be taken in at a glance. */
const MOST_FILES = 15;

describe("the folders of src", () => {
  it(`hold at most ${MOST_FILES} files each, so that a name is found without a search`, () => {
    const files = Map.groupBy(globSync("src/**/*.ts", { cwd: root }), (path) => dirname(path).replaceAll("\\", "/"));
    const large = Array.from(files, ([folder, { length }]) => ({ folder, files: length })).filter(
      (folder) => folder.files > MOST_FILES,
    );
    expect(large).toEqual([]);
  });
});
