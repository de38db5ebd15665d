import { afterAll, beforeAll, describe, inject, it } from "vitest";
import type { SagemakerEmulator } from "../../src/emulators/index.ts";
import { createSagemakerEmulator } from "../../src/emulators/index.ts";
import type { ConformanceTarget } from "../../src/testing/index.ts";
import { verifyBackend } from "../../src/testing/index.ts";
import { newBucket } from "./support/buckets.ts";
import { s3ServerFor } from "./support/s3-servers.ts";
import { sagemakerTarget } from "./support/sagemaker-target.ts";

const ministack = inject("s3").ministack;
let emulator: SagemakerEmulator | undefined;
let workspace: string;

beforeAll(async () => {
  if ("missing" in ministack) return;
  workspace = `s3://${(await newBucket({ skip: neverSkipped }, "ministack")).name}/conformance`;
  emulator = await createSagemakerEmulator({
    s3Endpoint: ministack.endpoint,
    settings: { retryDelay: 0.01, latency: { start: 0, stop: 0 } },
  });
  process.env["AWS_ENDPOINT_URL_SAGEMAKER"] = emulator.url;
});
afterAll(() => emulator?.close());

/** What Batch Transform itself does in the backend's place. */
const deviations: ConformanceTarget["deviations"] = {
  "sends again what a dropped connection lost": {
    kind: "never",
    reason: "SageMaker sends again by itself (invocations_max_retries), and does not report how often",
    code: "NOT_RETRIED",
  },
};

const single = sagemakerTarget("sagemaker", () => workspace);
const multi = sagemakerTarget("sagemaker with multi_record", () => workspace, { batch_strategy: "multi_record" });
const rowProtocols = { ...multi.capabilities, protocols: ["json_lines", "csv"] } as const;

if ("missing" in ministack) it("keeps the contract of a backend", (context) => void s3ServerFor(context, "ministack"));
else {
  verifyBackend({ describe, it }, { ...single, deviations });
  verifyBackend({ describe, it }, { ...multi, capabilities: rowProtocols, deviations });
}

function neverSkipped(): never {
  throw new Error("ministack was there a moment ago");
}
