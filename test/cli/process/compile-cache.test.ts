import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { runCommand } from "../../support/run-command.ts";

const MAIN = fileURLToPath(new URL("../../../src/cli/main.ts", import.meta.url));

describe("compiled code", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "compiled-"));
    // Vitest keeps Node from it while coverage is measured.
    vi.stubEnv("NODE_DISABLE_COMPILE_CACHE", undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });

  const cache = (): string => join(folder, "cache", "scoreframe", "compiled");

  /** Runs a command whose temporary directory and cache are in the folder. */
  async function version(): Promise<void> {
    const env = { TMPDIR: folder, XDG_CACHE_HOME: join(folder, "cache"), NODE_COMPILE_CACHE: "" };
    expect(await runCommand(process.execPath, [MAIN, "--version"], 30_000, env)).toMatchObject({ code: 0 });
    expect(existsSync(join(folder, "node-compile-cache"))).toBe(false);
  }

  test("is kept in a folder that only its owner can write to, and not in the temporary directory", async () => {
    await version();
    expect(readdirSync(cache())).not.toEqual([]);
    expect(statSync(cache()).mode & 0o777).toBe(0o700);
  });

  test.each([
    [
      "others can write to",
      () => {
        mkdirSync(cache(), { recursive: true });
        chmodSync(cache(), 0o777);
      },
    ],
    [
      "is a link to another",
      () => {
        mkdirSync(join(folder, "elsewhere"));
        mkdirSync(join(folder, "cache", "scoreframe"), { recursive: true });
        symlinkSync(join(folder, "elsewhere"), cache());
      },
    ],
    [
      "lies in a folder that others can write to",
      () => {
        mkdirSync(cache(), { recursive: true });
        chmodSync(join(folder, "cache", "scoreframe"), 0o777);
      },
    ],
  ])("is not kept in a folder that %s", async (_what, prepare) => {
    prepare();
    await version();
    expect(readdirSync(cache())).toEqual([]);
  });
});
