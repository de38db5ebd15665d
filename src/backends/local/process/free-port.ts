import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";

/**
 * Below the ports that systems give to outgoing connections (32768 and more on Linux), one of which could take the port before the model does;
 * and multi-model-server, on which SageMaker's containers are based, rejects ports from 32767 on.
 */
const FIRST = 20_000;
const LAST = 32_766;
const TRIES = 50;

/** A server that is to listen on `localhost` listens on one or the other of these, depending on its resolver. */
export const LOOPBACK = ["127.0.0.1", "::1"] as const;

/** A port on which nothing listened a moment ago, on either address of `localhost`. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if ((await listenOn(port)) !== null) return port;
  }
  const given = await listenOn(0);
  if (given === null) throw new Error("no port of 127.0.0.1 is free");
  return given;
}

/** Throws `MODEL_START_FAILED` if something listens on the port already. */
export async function assertPortFree(port: number): Promise<void> {
  if ((await listenOn(port)) !== null) return;
  const message = `The command cannot be given the port ${port}: it is in use. Choose another port (0 takes a free one), or end what listens there.`;
  throw new ScoreframeError("MODEL_START_FAILED", message, { operation: "start model" });
}

/** The port, free again; null if it is taken. */
async function listenOn(port: number): Promise<number | null> {
  const [ipv4, ipv6] = LOOPBACK;
  const taken = await listenAt(ipv4, port);
  // A machine without IPv6 has no such address, which nothing can listen on.
  return taken === "in use" || (await listenAt(ipv6, taken)) === "in use" ? null : taken;
}

async function listenAt(host: string, port: number): Promise<number | "in use"> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
  } catch (thrown) {
    const isMissing = /EADDRNOTAVAIL|EAFNOSUPPORT/.test(String(thrown)) && host === "::1";
    return isMissing ? port : "in use";
  }
  const { port: taken } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return taken;
}
