import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import { awaitStart } from "./await-start.ts";
import { freePort, refusePortInUse } from "./free-port.ts";
import { startModelProcess } from "./model-process.ts";
import type { RunningModel, StartContext } from "./running-model.ts";
import { runningModel } from "./running-model.ts";

export type ModelCommand = {
  /** For the shell; `{port}` stands for the port, which is in the environment as PORT, too. */
  readonly command: string;
  readonly healthPath: string;
  readonly invocationsPath: string;
  /** A free one where it is not given. */
  readonly port?: number;
};

/** Python servers finish what they began and write their last logs. */
const GRACE_MS = 5000;
const PROBE_INTERVAL_MS = 150;
const PROBE_TIMEOUT_MS = 2000;
/** A port on which nobody listens says so at once; what takes longer has been accepted. */
const REFUSAL_MS = 200;
const UNANSWERED = "was accepted and not answered";

/**
 * The command takes the shell's place (`exec`), beside a watcher in the same group: when the other end of stdin closes, because the process
 * that started it is gone, the watcher ends the group.
 */
const SUPERVISED = `exec 3<&0 </dev/null
(cat <&3 >/dev/null 2>&1; trap '' TERM; kill -TERM 0; sleep ${GRACE_MS / 1000}; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
exec sh -c "$0"`;

/** Runs any command that serves a model by HTTP; resolves when its health path answers with 2xx. */
export async function startCommand(model: ModelCommand, context: StartContext): Promise<RunningModel> {
  // Whoever has the port already might answer the health path in the command's place, and the rows after it.
  if (model.port !== undefined) await refusePortInUse(model.port);
  const port = model.port ?? (await freePort());
  const command = model.command.replaceAll("{port}", String(port));
  const process = await startModelProcess({
    ...shellCall(command),
    cwd: context.baseDirectory,
    env: { ...context.env, PORT: String(port) },
    logDirectory: context.logDirectory,
    captureStdout: false,
    graceMs: GRACE_MS,
  });
  const origin = `http://127.0.0.1:${port}`;
  const probe = createProbe(`${origin}${model.healthPath}`);
  await awaitStart(process, probe.untilHealthy, context, () => `GET ${origin}${model.healthPath} ${probe.lastSeen()}`);
  return runningModel(process, {
    url: `${origin}${model.invocationsPath}`,
    description: `the command's server on port ${port}`,
    warnings: [],
  });
}

function shellCall(command: string): { file: string; args: readonly string[] } {
  return globalThis.process.platform === "win32"
    ? { file: "cmd.exe", args: ["/d", "/s", "/c", command] }
    : { file: "sh", args: ["-c", SUPERVISED, command] };
}

function createProbe(url: string) {
  let seen =
    "was not answered: nothing listens on the port; the command must listen on {port}, or on the environment's PORT";
  let askedAt: number | null = null;
  const isHealthy = async (): Promise<boolean> => {
    askedAt = performance.now();
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
      await answer.arrayBuffer();
      seen = `answered ${answer.status}; set health_path if another path tells that the server is ready`;
      return answer.ok;
    } catch (thrown) {
      if (thrown instanceof Error && thrown.name === "TimeoutError") seen = UNANSWERED;
      else if (!isRefusal(thrown)) seen = `failed: ${messageOf(thrown)}`;
      return false;
    } finally {
      askedAt = null;
    }
  };
  return {
    lastSeen: () => (askedAt !== null && performance.now() - askedAt > REFUSAL_MS ? UNANSWERED : seen),
    untilHealthy: async (signal: AbortSignal): Promise<void> => {
      while (!signal.aborted && !(await isHealthy())) await sleep(PROBE_INTERVAL_MS);
    },
  };
}

function isRefusal(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : null;
  return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "ECONNREFUSED";
}
