import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { temporaryFolder } from "./temporary-folder.ts";

const MODELS = {
  doubles: "export default { predict: (rows) => rows.map(({ x }) => ({ double: x * 2 })) };",
  refusesNegative: `export default { predict: (rows) => rows.map(({ x }) => (x < 0 ? { error: "negative" } : { double: x * 2 })) };`,
  hangs: "export default { predict: () => new Promise(() => setInterval(() => undefined, 1000)) };",
  // Hears no signal meanwhile.
  blocks:
    "export default { predict: (rows) => { for (const end = Date.now() + 5000; Date.now() < end; ); return rows; } };",
} as const;

/** A folder with four rows in rows.csv, one of them negative, and a model in model.ts. */
export async function sampleProject(model: keyof typeof MODELS): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "rows.csv"), "id,x\n1,1.5\n2,2.5\n3,-1\n4,0.5\n");
  await writeFile(join(folder, "model.ts"), MODELS[model]);
  return folder;
}

/** Options of `init` for it. */
export const INIT = ["init", "--rows", "rows.csv", "--model", "model.ts", "--features", "x"] as const;
