// A whole run in a separate process: `node bench/engine/run-whole.mjs '<WholeRunSetting>'` prints a WholeRun. Plain JavaScript, as what it
// imports, since a user's program is: to strip types takes 0.06 s, which would be counted as the engine's.

import process from "node:process";
import { pathToFileURL } from "node:url";
import { precomputedBackend } from "../model/precomputed-backend.mjs";

/**
 * @typedef {object} WholeRunSetting
 * @property {string} engine Path of the engine's index module.
 * @property {import("../../src/core/job/schema/job-input.ts").JobInput} job
 * @property {string} workspace
 * @property {string} answers Folder of precomputed answers.
 *
 * @typedef {object} WholeRun
 * @property {import("../../src/core/domain/run-report.ts").RunReport} report
 * @property {import("../model/precomputed-backend.mjs").ModelCost} model
 */

/** @type {WholeRunSetting} */
const { engine: path, job, workspace, answers } = JSON.parse(process.argv[2] ?? "");
/** @type {typeof import("../../src/index.ts")} */
const { createScoreframe } = await import(pathToFileURL(path).href);
const model = { seconds: 0, shards: 0, computed: 0 };
const engine = await createScoreframe({ workspace, backends: [precomputedBackend(answers, model)] });
const { report } = await engine.run(job);
await engine.close();
/** @type {WholeRun} */
const answer = { report, model };
process.stdout.write(`${JSON.stringify(answer)}\n`);
