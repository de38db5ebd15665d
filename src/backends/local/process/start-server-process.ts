import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { ErrorCode } from "../../../core/errors/error-codes.ts";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import { assertModelFile } from "../model/load-model.ts";
import type { NonFinitePolicy } from "../model/non-finite.ts";
import { awaitStart } from "./await-start.ts";
import type { ModelProcess } from "./model-process.ts";
import { startModelProcess } from "./model-process.ts";
import type { RunningModel, StartContext } from "./running-model.ts";
import { runningModel } from "./running-model.ts";

/** Our own server needs no time to end, unless the model blocks its thread. */
const GRACE_MS = 1000;

/** The first line that the server prints on stdout; see model-server-main.ts. */
type Announcement =
  | { readonly url: string; readonly description: string; readonly warnings: readonly string[] }
  | { readonly error: { readonly code: ErrorCode; readonly message: string } };

/** Serves the model at `path` (absolute) from a process of its own; resolves when it is loaded. */
export async function startServerProcess(
  path: string,
  nonFinite: NonFinitePolicy,
  context: StartContext,
): Promise<RunningModel> {
  await assertModelFile(path);
  const process = await startModelProcess({
    file: globalThis.process.execPath,
    args: [
      ...inheritedFlags(globalThis.process.execArgv),
      serverMain(),
      "--model",
      path,
      "--non-finite",
      nonFinite,
      "--parent",
      String(globalThis.process.pid),
    ],
    cwd: context.baseDirectory,
    env: context.env,
    logDirectory: context.logDirectory,
    captureStdout: true,
    graceMs: GRACE_MS,
  });
  const announced = readAnnouncement(process);
  const exitWithLastWord: ModelProcess = { ...process, exit: afterLastWord(process.exit, announced) };
  const announcement = await awaitStart(
    exitWithLastWord,
    () => announced,
    context,
    () => "it is still being loaded",
  );
  if (!("error" in announcement))
    return runningModel(process, { ...announcement, url: `${announcement.url}/invocations` });
  await process.stop();
  throw new ScoreframeError(announcement.error.code, announcement.error.message, { operation: "load model" });
}

/** Sources run as they are, a build as JavaScript: the entry has the extension of this file. */
function serverMain(): string {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return fileURLToPath(new URL(`../server/model-server-main.${extension}`, import.meta.url));
}

/** How imports resolve is inherited; a debugger's port is not. */
function inheritedFlags(flags: readonly string[]): readonly string[] {
  const kept = flags.filter((flag) =>
    /^(--conditions=|-C=|--(experimental|no-experimental)-(strip|transform)-types)/.test(flag),
  );
  return ["--disable-warning=ExperimentalWarning", ...kept];
}

/** Native code of a model may print on stdout too; such lines join the log. */
function readAnnouncement({ stdout, logPath }: ModelProcess): Promise<Announcement> {
  return new Promise((resolve) => {
    if (stdout === null) return;
    createInterface({ input: stdout }).on("line", (line) => {
      const announcement = parseAnnouncement(line);
      if (announcement === null) appendFileSync(logPath, `${line}\n`);
      else resolve(announcement);
    });
  });
}

function parseAnnouncement(line: string): Announcement | null {
  return /^\{"(url|error)":/.test(line) ? (JSON.parse(line) as Announcement) : null;
}

/** The end of a process may be seen before what it printed last is read. */
async function afterLastWord(exit: Promise<string>, announced: Promise<unknown>): Promise<string> {
  const how = await exit;
  const spoken = await Promise.race([announced.then(() => true), sleep(500, false)]);
  // The server announced why it ends. That error is the better one, and it is on its way.
  return spoken ? new Promise(() => undefined) : how;
}
