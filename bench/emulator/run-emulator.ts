// The SageMaker emulator in a separate process: `node bench/emulator/run-emulator.ts <S3 endpoint>` prints its URL; when its stdin ends, it prints
// what it has used since then as EmulatorUsage, and ends.

import { once } from "node:events";
import process from "node:process";
import { engineModule } from "../engine/engine-module.ts";

/** Processor time and the most memory of a process, from its start to its end. */
export type EmulatorUsage = { readonly cpuSeconds: number; readonly peakBytes: number };

const { createSagemakerEmulator } =
  await engineModule<typeof import("../../src/emulators/index.ts")>("emulators/index");
const emulator = await createSagemakerEmulator({
  s3Endpoint: process.argv[2] ?? "",
  settings: { latency: { start: 0, object: 0, stop: 0 } },
});
console.log(emulator.url);
process.stdin.resume();
await once(process.stdin, "end");
await emulator.close();
const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
const usage: EmulatorUsage = { cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakBytes: maxRSS * 1024 };
console.log(JSON.stringify(usage));
