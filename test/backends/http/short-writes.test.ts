import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const RESPONSE_FILE = join(import.meta.dirname, "../../../src/backends/shared/http/responses/response-file.ts");

/** Writes 100 answers of 10,000 bytes in a process whose files are limited to a number of blocks of 512 bytes; the system cuts the write that exceeds it. */
function writeAnswers(path: string, blocks: number | "unlimited"): string {
  const program = `
    import { createResponseFile } from ${JSON.stringify(RESPONSE_FILE)};
    const file = await createResponseFile(${JSON.stringify(path)});
    for (let index = 0; index < 100; index += 1) file.put(index, Buffer.from("x".repeat(9999) + "\\n"));
    await file.finish().then((written) => console.log(JSON.stringify(written)), (error) => console.log(error.code));`;
  const limited = `trap "" XFSZ; ulimit -f ${blocks}; exec "$0" --input-type=module -e "$1"`;
  const { stdout, stderr } = spawnSync("sh", ["-c", limited, process.execPath, program], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.trim();
}

test("a write that the system cut short is continued, and one that cannot be is an error and no file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-short-writes-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  expect(writeAnswers(join(folder, "cut.out"), 1000)).toBe("EFBIG");
  expect(await readdir(folder)).not.toContain("cut.out");
  const written = JSON.parse(writeAnswers(join(folder, "whole.out"), "unlimited"));
  expect(written).toEqual({ bytes: 1_000_000, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect((await readFile(join(folder, "whole.out"))).length).toBe(1_000_000);
});
