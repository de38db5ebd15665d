#!/usr/bin/env node
// Imports only the check of the Node version, because an old Node cannot parse the other files.
import { nodeTooOld } from "./process/node-version.ts";

const complaint = nodeTooOld(process.versions.node, process.argv[1] ?? "");
if (complaint === null) {
  const { startProcess } = await import("./process/start-process.ts");
  await startProcess(process.argv.slice(2));
} else {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 2;
}
