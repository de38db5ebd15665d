import { appendFileSync } from "node:fs";

const { FACTOR = "1", PID_FILE, KILL, KILL_AT = "0" } = process.env;
let rowsSeen = 0;

/** Multiplies, and on demand kills itself or its parent in the middle of a request. */
export default {
  load() {
    if (PID_FILE !== undefined) appendFileSync(PID_FILE, `${process.pid}\n`);
  },
  predict(rows: readonly { readonly n: number }[]) {
    rowsSeen += rows.length;
    if (KILL !== undefined && rowsSeen >= Number(KILL_AT)) {
      process.kill(KILL === "engine" ? process.ppid : process.pid, "SIGKILL");
    }
    return rows.map(({ n }) => ({ product: n * Number(FACTOR) }));
  },
};
