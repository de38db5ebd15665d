import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { answerFile } from "./answer-file.ts";

/** The model of the peers: answers every request file of a folder, between their two scripts. */
export function answerFolder(requests: string, responses: string): void {
  mkdirSync(responses, { recursive: true });
  for (const name of readdirSync(requests)) answerFile(join(requests, name), join(responses, `${name}.out`));
}
