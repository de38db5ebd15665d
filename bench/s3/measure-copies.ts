import { rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeCommand } from "../contenders/scoreframe.ts";
import { emptyFolder } from "../empty-folder.ts";
import { engineFile } from "../engine/engine-module.ts";
import type { Usage } from "../measure/measure.ts";
import { measure } from "../measure/measure.ts";
import type { CopySetting } from "./copy-main.mjs";

const PROGRAM = fileURLToPath(new URL("./copy-main.mjs", import.meta.url));

export type CopyResult = { readonly by: string; readonly direction: string; readonly runs: readonly Usage[] };

/** The same files up and down, by the engine's store and by the SDK alone, in turn. */
export async function measureCopies(
  folder: string,
  bucket: string,
  runs: number,
  progress: (text: string) => void,
): Promise<CopyResult[]> {
  const results = (["up", "down"] as const).flatMap((direction) =>
    (["scoreframe", "sdk"] as const).map((by) => ({ by, direction, runs: [] as Usage[] })),
  );
  const modules = {
    store: engineFile("adapters/object-store/s3-object-store"),
    client: engineFile("adapters/object-store/create-s3-client"),
    queue: engineFile("adapters/object-store/upload-queue"),
  };
  for (let run = 1; run <= runs; run += 1) {
    for (const { by, direction, runs: usages } of results) {
      progress(`files ${direction} by ${by}, run ${run} of ${runs}`);
      const target = direction === "up" ? folder : emptyFolder(`s3-down-${by}`);
      const setting: CopySetting = { by, direction, folder: target, bucket, prefix: `copies/${by}`, modules };
      const { stdout: _, ...usage } = await measure([...nodeCommand(PROGRAM), JSON.stringify(setting)]);
      usages.push(usage);
      if (direction === "down") rmSync(target, { recursive: true, force: true });
    }
  }
  return results;
}
