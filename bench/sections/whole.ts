import { rmSync } from "node:fs";
import { join } from "node:path";
import { checkTable } from "../check/check-table.ts";
import type { Contender, Outcome } from "../contenders/contender.ts";
import type { Dataset } from "../data/dataset.ts";
import { emptyFolder } from "../empty-folder.ts";

export type WholeResult = {
  readonly dataset: string;
  readonly rows: number;
  readonly contender: string;
  readonly outcomes: readonly Outcome[];
};

/** Runs all contenders in turn (A B C, A B C, …), so that other work of the machine affects all of them, and checks every result. */
export async function measureWhole(
  dataset: Dataset,
  contenders: readonly Contender[],
  runs: number,
  progress: (text: string) => void,
): Promise<WholeResult[]> {
  const outcomes = new Map<string, Outcome[]>(contenders.map(({ name }) => [name, []]));
  for (const contender of contenders) await contender.prepare(dataset);
  for (let run = 1; run <= runs; run += 1) {
    for (const contender of contenders) {
      progress(`${dataset.name}: ${contender.name}, run ${run} of ${runs}`);
      const folder = emptyFolder(`${dataset.name}-${contender.name}`);
      outcomes.get(contender.name)?.push(await contender.run(dataset, folder));
      await checkTable(dataset, join(folder, "table"), contender.name);
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return contenders.map(({ name }) => ({
    dataset: dataset.name,
    rows: dataset.rows,
    contender: name,
    outcomes: outcomes.get(name) ?? [],
  }));
}
