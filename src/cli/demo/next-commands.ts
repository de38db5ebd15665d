import type { DemoFlights } from "../../demo/demo-flights.ts";
import { showPath } from "../render/show-path.ts";

/** What to try next, as it can be pasted in the folder where the demo was started. */
export function nextCommands({ kind, model }: DemoFlights, jobFile: string, workingDirectory: string): string[] {
  const scoreframe = kind === "full" ? "npm run -s scoreframe --" : "npx scoreframe";
  const path = (target: string): string => shellWord(showPath(target, workingDirectory));
  return [
    `${scoreframe} check ${path(jobFile)}`,
    `${scoreframe} run ${path(jobFile)} --set requests.batch_size=5000`,
    `${scoreframe} serve --model ${path(model)} --dry-run`,
  ];
}

function shellWord(text: string): string {
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
