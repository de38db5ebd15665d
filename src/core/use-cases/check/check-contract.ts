import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outputIntent } from "../../run/output-intent.ts";
import type { PreparedRun } from "../../run/prepare-run.ts";
import { chooseColumns } from "../../stages/extract/choose-columns.ts";
import { extractTable } from "../../stages/extract/extract.ts";
import { tableContract } from "../../stages/publish/table-contract/table-contract.ts";
import type { ContractWatch } from "../../stages/publish/table-contract/watch-contract.ts";
import { watchContract } from "../../stages/publish/table-contract/watch-contract.ts";
import type { FramePool } from "../../worker/frame-pool.ts";

/** Rows from which the types of the columns are learnt. */
const FEW_ROWS = 20;

export type CheckedContract = Pick<ContractWatch, "checkShard"> & { close(): Promise<void> };

/**
 * What `check` knows of the table without a run. A few rows show whether the types are the table's; only if they are not, the whole source is read, since its
 * values and its partitions decide. Null if the run is held to nothing. Throws `OUTPUT_SCHEMA_CHANGED`.
 */
export async function checkContract(
  { job, source, output }: PreparedRun,
  pool: FramePool,
  signal: AbortSignal,
): Promise<CheckedContract | null> {
  const intent = outputIntent("check", job);
  if (tableContract(output.location, await output.manifest(), intent, null) === null) return null;
  const folder = await mkdtemp(join(tmpdir(), "scoreframe-check-"));
  const close = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const watch = async (limit: number | undefined): Promise<ContractWatch> => {
    const table = await extractTable(source, folder, pool, { signal, ...(limit === undefined ? {} : { limit }) });
    const columns = chooseColumns(
      table.columns.map(({ name }) => name),
      job,
    );
    return watchContract({ output, intent, job, table, columns }, pool, signal);
  };
  try {
    let known = await watch(FEW_ROWS);
    let isWhole = false;
    const readWhole = async (): Promise<void> => {
      if (!isWhole) known = await watch(undefined);
      isWhole = true;
    };
    if (known.differs()) {
      await readWhole();
      await known.checkSource();
    }
    return {
      async checkShard(shard) {
        if (known.differsFrom(shard)) await readWhole();
        await known.checkShard(shard);
      },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}
