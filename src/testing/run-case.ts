import type { Protocol } from "../core/protocols/protocol.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { failureCode } from "./conformance-error.ts";
import type { ConformanceTarget, Deviation } from "./conformance-target.ts";
import { beginTrial } from "./trial.ts";

const BATCH_SIZE = 5;

/** Runs one case. Resolves when the backend does what it promises, or deviates exactly as declared. */
export async function runCase(case_: ConformanceCase, target: ConformanceTarget, protocol: Protocol): Promise<void> {
  const deviation = target.deviations?.[case_.name];
  if (deviation === undefined) return attempt(case_, target, protocol);
  const thrown = await attempt(case_, target, protocol).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  if (thrown === undefined) {
    throw new Error(`"${case_.name}" passes: delete its declared deviation (${describeDeviation(deviation)}).`);
  }
  const code = failureCode(thrown.error);
  if (code === deviation.code) return;
  throw new Error(`"${case_.name}" is declared to fail with ${deviation.code} and failed with ${code}.`, {
    cause: thrown.error,
  });
}

export function describeDeviation(deviation: Deviation): string {
  return `${deviation.kind}: ${deviation.reason}`;
}

async function attempt(case_: ConformanceCase, target: ConformanceTarget, protocol: Protocol): Promise<void> {
  const trial = await beginTrial(target, case_.script, { protocol, batchSize: case_.batchSize ?? BATCH_SIZE });
  try {
    await case_.run(trial);
  } finally {
    await trial.end();
  }
}
