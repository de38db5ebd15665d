import { globSync } from "node:fs";
import { sep } from "node:path";
import { root } from "./toolchain.mjs";

/** Folders whose Markdown is not the project's own. */
const FOREIGN = ["**/node_modules", "**/dist", "**/out", "**/coverage", "**/.venv"];

/** The paths of all Markdown files of the repository, with `/` and relative to its root, in order. */
export function markdownPages(): string[] {
  return globSync("**/*.md", { cwd: root, exclude: FOREIGN })
    .map((path) => path.replaceAll(sep, "/"))
    .sort();
}
