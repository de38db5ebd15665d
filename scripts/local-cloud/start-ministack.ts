import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../src/backends/local/process/free-port.ts";
import { pythonEnvironment } from "../lib/python-environment.ts";
import type { LocalS3 } from "./local-s3.ts";
import { startServer } from "./start-server.ts";

const REQUIREMENTS = fileURLToPath(new URL("./ministack.txt", import.meta.url));
/** What its packages ask for. */
const PYTHONS = { from: 10 };

/** Starts ministack, an S3 that keeps its objects in memory, from its own virtual environment, which is made on first use. */
export async function startMinistack(): Promise<LocalS3 | { readonly missing: string }> {
  const python = await pythonEnvironment(REQUIREMENTS, PYTHONS);
  if ("missing" in python) return python;
  const port = String(await freePort());
  const endpoint = `http://127.0.0.1:${port}`;
  const env = { BIND_HOST: "127.0.0.1", GATEWAY_PORT: port };
  const { stop } = await startServer(join(python.bin, "ministack"), [], env, endpoint);
  return { name: "ministack", endpoint, stop };
}
