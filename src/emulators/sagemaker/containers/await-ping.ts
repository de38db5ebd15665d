import { setTimeout as sleep } from "node:timers/promises";
import { JobFailure } from "../transform/job-failure.ts";
import type { RunningContainer } from "./running-container.ts";

/** The service's own limit for one ping (developer guide, "How your container should respond to health checks"). */
const ATTEMPT_MS = 2000;
const INTERVAL_MS = 200;

/** Asks `GET /ping` until it answers 200. Throws a `JobFailure` when the time is up. */
export async function awaitPing({ origin }: RunningContainer, seconds: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  let seen = "";
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    try {
      const answer = await fetch(`${origin}/ping`, {
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(ATTEMPT_MS)]),
      });
      await answer.body?.cancel();
      if (answer.status === 200) return;
      seen = `answered ${answer.status}`;
    } catch {
      seen = "was not answered";
    }
    await sleep(INTERVAL_MS, undefined, { signal });
  }
  throw new JobFailure("AlgorithmError", "Model container failed to respond to ping", [
    `GET ${origin}/ping ${seen} for ${seconds} s`,
  ]);
}
