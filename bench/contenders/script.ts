import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Usage } from "../measure/measure.ts";
import { measure, sumUsage } from "../measure/measure.ts";
import { answerFolder } from "../model/answer-folder.ts";
import { peerPrograms } from "../peers/setup.ts";
import type { Contender } from "./contender.ts";

/** The maximum size of a request file, the same as in the engine's job. */
const SHARD_BYTES = 5_000_000;

export type ScriptName = "polars" | "duckdb" | "pyspark";

/** A hand-written script: one process writes the requests, one joins the answers; the model answers between the two and is not measured. */
export async function scriptContender(name: ScriptName): Promise<Contender> {
  const script = fileURLToPath(new URL(`../peers/${name}_peer.py`, import.meta.url));
  const command = await commandOf(name, script);
  return {
    name,
    prepare: async () => undefined,
    async run(dataset, folder) {
      const [requests, responses, table] = ["requests", "responses", "table"].map((part) => join(folder, part)) as [
        string,
        string,
        string,
      ];
      const extract = usageOf(await measure([...command, "extract", dataset.path, requests]));
      const sizes = readdirSync(requests).map((file) => statSync(join(requests, file)).size);
      if (Math.max(...sizes) > SHARD_BYTES) throw new Error(`${name} wrote a shard of ${Math.max(...sizes)} bytes.`);
      answerFolder(requests, responses);
      const stitch = usageOf(await measure([...command, "stitch", requests, responses, table]));
      return {
        usage: sumUsage([extract, stitch]),
        processes: { extract, stitch },
        requestBytes: sizes.reduce((sum, size) => sum + size, 0),
        shards: sizes.length,
      };
    },
  };
}

/** Spark by spark-submit: started by `python`, its JVM would be a process that is not waited for, and would not be measured. */
async function commandOf(name: ScriptName, script: string): Promise<string[]> {
  if (name !== "pyspark") return [join(await peerPrograms("scripts"), "python"), script];
  const programs = await peerPrograms("pyspark");
  const python = join(programs, "python");
  return [
    ...["env", `PYSPARK_PYTHON=${python}`, `PYSPARK_DRIVER_PYTHON=${python}`, "SPARK_LOCAL_IP=127.0.0.1"],
    ...[join(programs, "spark-submit"), "--driver-memory", "6g", script],
  ];
}

function usageOf({ wallSeconds, userSeconds, systemSeconds, peakBytes }: Usage): Usage {
  return { wallSeconds, userSeconds, systemSeconds, peakBytes };
}
