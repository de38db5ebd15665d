import { setTimeout as sleep } from "node:timers/promises";
import { Agent, fetch } from "undici";
import { messageOf } from "../../../core/errors/scoreframe-error.ts";
import { awaitStart } from "./await-start.ts";
import { assertPortFree, freePort, LOOPBACK } from "./free-port.ts";
import { startModelProcess } from "./model-process.ts";
import type { RunningModel, StartContext } from "./running-model.ts";
import { runningModel } from "./running-model.ts";

export type ModelCommand = {
  /** For the shell; `{port}` stands for the port, which is in the environment as PORT, too. */
  readonly command: string;
  readonly healthPath: string;
  readonly invocationsPath: string;
  /** Without it, a free one is chosen. */
  readonly port?: number;
};

/** Gives Python servers time to finish their requests and write their last logs. */
const GRACE_MS = 5000;
const PROBE_INTERVAL_MS = 150;
const PROBE_TIMEOUT_MS = 2000;
/** A port on which nothing listens refuses at once; a request that takes longer has been accepted. */
const REFUSAL_MS = 200;
const UNANSWERED = "was accepted and not answered";

/**
 * The command replaces the shell (`exec`). A watcher in the same group ends the group when the other end of stdin closes, because the process
 * that started it is gone.
 */
const SUPERVISED = `exec 3<&0 </dev/null
(cat <&3 >/dev/null 2>&1; trap '' TERM; kill -TERM 0; sleep ${GRACE_MS / 1000}; kill -KILL 0) >/dev/null 2>&1 &
exec 3<&-
exec sh -c "$0"`;

/** Runs any command that serves a model by HTTP; resolves when its health path answers with 2xx. */
export async function startCommand(model: ModelCommand, context: StartContext): Promise<RunningModel> {
  // Another process that listens on the port might answer the health path instead of the command, and then the rows.
  if (model.port !== undefined) await assertPortFree(model.port);
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
  const probe = createProbe(port, model.healthPath);
  const origin = await awaitStart(
    process,
    probe.untilHealthy,
    context,
    () => `GET ${originOf(LOOPBACK[0], port)}${model.healthPath} ${probe.lastSeen()}`,
  );
  return runningModel(process, {
    url: `${origin}${model.invocationsPath}`,
    description: `the command's server on port ${port}`,
    warnings: [],
  });
}

function originOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function shellCall(command: string): { file: string; args: readonly string[] } {
  return globalThis.process.platform === "win32"
    ? { file: "cmd.exe", args: ["/d", "/s", "/c", command] }
    : { file: "sh", args: ["-c", SUPERVISED, command] };
}

function createProbe(port: number, healthPath: string) {
  let seen =
    "was not answered: nothing listens on the port; the command must listen on {port}, or on the environment's PORT, of 127.0.0.1 or ::1";
  let askedAt: number | null = null;
  // The server is on this machine, whatever proxy the environment names.
  const dispatcher = new Agent();

  /** "refused" if nothing listens there. */
  async function ask(origin: string): Promise<"healthy" | "refused" | "other"> {
    askedAt = performance.now();
    try {
      const answer = await fetch(`${origin}${healthPath}`, {
        dispatcher,
        signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      });
      await answer.arrayBuffer();
      seen = `answered ${answer.status}; set health_path if another path shows that the server is ready`;
      return answer.ok ? "healthy" : "other";
    } catch (thrown) {
      if (isRefusal(thrown)) return "refused";
      seen = thrown instanceof Error && thrown.name === "TimeoutError" ? UNANSWERED : `failed: ${messageOf(thrown)}`;
      return "other";
    } finally {
      askedAt = null;
    }
  }

  async function healthyOrigin(): Promise<string | null> {
    for (const origin of LOOPBACK.map((host) => originOf(host, port))) {
      const found = await ask(origin);
      if (found === "healthy") return origin;
      if (found === "other") return null;
    }
    return null;
  }

  return {
    lastSeen: () => (askedAt !== null && performance.now() - askedAt > REFUSAL_MS ? UNANSWERED : seen),
    /** Where it answers. */
    untilHealthy: async (signal: AbortSignal): Promise<string> => {
      try {
        for (;;) {
          const origin = await healthyOrigin();
          if (origin !== null) return origin;
          signal.throwIfAborted();
          await sleep(PROBE_INTERVAL_MS);
        }
      } finally {
        await dispatcher.destroy();
      }
    },
  };
}

/** A machine without IPv6 has nothing at ::1. */
function isRefusal(thrown: unknown): boolean {
  const cause = thrown instanceof Error ? thrown.cause : null;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : "";
  return ["ECONNREFUSED", "EADDRNOTAVAIL", "EAFNOSUPPORT", "ENETUNREACH"].includes(code);
}
