#!/usr/bin/env node
// Imports nothing but the check of the Node version: an old Node must be told so before it meets a file that it cannot read.
import { refuseNode } from "./process/node-version.ts";

const refusal = refuseNode(process.versions.node, process.argv[1] ?? "");
if (refusal === null) {
  const { startProcess } = await import("./process/start-process.ts");
  await startProcess(process.argv.slice(2));
} else {
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 2;
}
