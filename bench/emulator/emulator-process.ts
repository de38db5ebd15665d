import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { nodeCommand } from "../contenders/scoreframe.ts";
import type { EmulatorUsage } from "./run-emulator.ts";

export type EmulatorProcess = {
  readonly url: string;
  /** Ends it, and returns what it has used. */
  end(): Promise<EmulatorUsage>;
};

const PROGRAM = fileURLToPath(new URL("./run-emulator.ts", import.meta.url));

/** Starts an emulator in a separate process. */
export async function startEmulator(s3Endpoint: string): Promise<EmulatorProcess> {
  const [file = "", ...args] = [...nodeCommand(PROGRAM), s3Endpoint];
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (done) throw new Error("The emulator's process ended before its time.");
    return value;
  };
  return {
    url: await next(),
    async end() {
      const ended = once(child, "exit");
      child.stdin.end();
      const usage = JSON.parse(await next()) as EmulatorUsage;
      await ended;
      return usage;
    },
  };
}
