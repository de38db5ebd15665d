// Checks the arrows of the architecture (.dependency-cruiser.cjs) over every folder with code that exists.

import { existsSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { runProgram } from "./lib/run-program.ts";
import { programPath, root } from "./lib/toolchain.mjs";

const folders = ["src", "test", "bench", "scripts", "examples"].filter((folder) => existsSync(join(root, folder)));
const { code } = await runProgram(
  process.execPath,
  [programPath("depcruise"), "--config", ".dependency-cruiser.cjs", "--output-type", "err-long", ...folders],
  { cwd: root, live: true },
);
process.exitCode = code ?? 1;
