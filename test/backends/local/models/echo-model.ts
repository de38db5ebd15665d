import { defineModel } from "../../../../src/model.ts";

type Row = { readonly id: number; readonly kill?: boolean };

export default defineModel({
  load({ directory, log }) {
    log(`loading from ${directory}`);
    // biome-ignore lint/suspicious/noConsole: users do
    console.log("printed by the model");
    process.stdout.write("written by the model\n");
    return { pid: process.pid };
  },
  predict(rows: readonly Row[], { pid }) {
    if (rows.some(({ kill }) => kill === true)) process.kill(pid, "SIGKILL");
    return rows.map(({ id }) => ({ id, pid }));
  },
  example: { id: 7 },
});
