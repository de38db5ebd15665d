import { readFileSync, writeFileSync } from "node:fs";
import { answerLine } from "./answer-line.ts";

/** Answers a whole request file. */
export function answerFile(requestPath: string, responsePath: string): void {
  const lines = readFileSync(requestPath, "utf8").split("\n");
  lines.pop();
  writeFileSync(responsePath, lines.map(answerLine).join(""));
}
