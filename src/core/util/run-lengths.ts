/** Equal neighbours, counted: `[[500, 119], [41, 1]]` is 119 lines of 500 rows and one of 41. Keeps the ledger small. */
export type RunLengths = readonly (readonly [value: number, count: number])[];

export function runLengths(values: Iterable<number>): RunLengths {
  const runs: [number, number][] = [];
  for (const value of values) {
    const last = runs.at(-1);
    if (last !== undefined && last[0] === value) last[1] += 1;
    else runs.push([value, 1]);
  }
  return runs;
}

export function* expandRunLengths(runs: RunLengths): Generator<number> {
  for (const [value, count] of runs) {
    for (let repeat = 0; repeat < count; repeat += 1) yield value;
  }
}
