import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** The path of a file with this text, removed with the test. */
export function pemFile(text: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "scoreframe-pem-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "file.pem");
  writeFileSync(path, text);
  return path;
}
