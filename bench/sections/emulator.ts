import { startMinistack } from "../../scripts/local-cloud/start-ministack.ts";
import { startEchoContainer } from "../emulator/echo-container.ts";
import type { EmulatorLab } from "../emulator/emulator-lab.ts";
import { openEmulatorLab } from "../emulator/emulator-lab.ts";
import { startEmulator } from "../emulator/emulator-process.ts";

export type EmulatorResult = {
  readonly work: string;
  readonly jobs: number;
  readonly objects: number;
  readonly bytes: number;
  readonly runs: readonly {
    readonly wallSeconds: number;
    readonly cpuSeconds: number;
    readonly peakBytes: number;
  }[];
};

type Work = Omit<EmulatorResult, "runs"> & {
  prepare(lab: EmulatorLab): Promise<void>;
  run(lab: EmulatorLab): Promise<void>;
};

const LINE = `${JSON.stringify({ text: "x".repeat(9_988) })}\n`;
const LARGE_LINES = 50_000;
const LARGE = { jobs: 1, objects: 1, bytes: LARGE_LINES * LINE.length };
const SINGLE = { BatchStrategy: "SingleRecord" } as const;
const MULTI = { BatchStrategy: "MultiRecord" } as const;

const WORKS: readonly Work[] = [
  small("jobs one after the other", 100, 1),
  small("8 jobs at once", 200, 8),
  {
    work: "10,000 objects of one job",
    jobs: 1,
    objects: 10_000,
    bytes: 10_000 * 20,
    prepare: (lab) => inParallel(10_000, 16, (index) => lab.put(`in/${index}.jsonl`, '{"x":1,"y":2,"z":3}\n')),
    run: (lab) => lab.run({ prefix: "in/", ...SINGLE, MaxConcurrentTransforms: 8 }),
  },
  large("500 MB, SingleRecord, 8 requests at once", { ...SINGLE, MaxConcurrentTransforms: 8 }),
  large("500 MB, MultiRecord of 6 MB, 8 at once", { ...MULTI, MaxConcurrentTransforms: 8, MaxPayloadInMB: 6 }),
  large("500 MB, not split, MaxPayloadInMB 0", { MaxPayloadInMB: 0, splitBy: "None" }),
];

/** Each work has its own emulator, and only its process is measured: the S3, the container and the client are other processes. */
export async function measureEmulator(runs: number, progress: (text: string) => void): Promise<EmulatorResult[]> {
  const results: EmulatorResult[] = [];
  for (const { prepare, run, ...work } of WORKS) {
    const measured: EmulatorResult["runs"][number][] = [];
    for (let count = 1; count <= runs; count += 1) {
      progress(`emulator: ${work.work}, run ${count} of ${runs}`);
      measured.push(await measureOnce({ ...work, prepare, run }));
    }
    results.push({ ...work, runs: measured });
  }
  return results;
}

async function measureOnce(work: Work): Promise<EmulatorResult["runs"][number]> {
  const s3 = await startMinistack();
  if ("missing" in s3) throw new Error(`The emulator's objects need an S3: ${s3.missing}`);
  const container = await startEchoContainer();
  try {
    const emulator = await startEmulator(s3.endpoint);
    const lab = await openEmulatorLab(emulator.url, s3.endpoint, container.url);
    await work.prepare(lab);
    const begun = performance.now();
    await work.run(lab);
    const wallSeconds = (performance.now() - begun) / 1000;
    return { wallSeconds, ...(await emulator.end()) };
  } finally {
    container.close();
    await s3.stop();
  }
}

/** Jobs of 20 rows in two objects. */
function small(work: string, jobs: number, atOnce: number): Work {
  const rows = Array.from({ length: 10 }, (_, index) => `{"x":${index}}\n`).join("");
  return {
    work,
    jobs,
    objects: 2 * jobs,
    bytes: 2 * jobs * rows.length,
    prepare: (lab) => inParallel(2, 2, (index) => lab.put(`in/${index}.jsonl`, rows)),
    run: (lab) => inParallel(jobs, atOnce, () => lab.run({ prefix: "in/", ...SINGLE })),
  };
}

function large(work: string, options: Partial<Parameters<EmulatorLab["run"]>[0]>): Work {
  return {
    work,
    ...LARGE,
    prepare: (lab) => lab.putLarge("in/large.jsonl", largeObject()),
    run: (lab) => lab.run({ prefix: "in/", ...options }),
  };
}

async function* largeObject(): AsyncGenerator<Buffer> {
  const lines = Buffer.from(LINE.repeat(100));
  for (let sent = 0; sent < LARGE_LINES; sent += 100) yield lines;
}

async function inParallel(count: number, atOnce: number, act: (index: number) => Promise<void>): Promise<void> {
  const waiting = Array.from({ length: count }, (_, index) => index).values();
  const worker = async (): Promise<void> => {
    for (const index of waiting) await act(index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
