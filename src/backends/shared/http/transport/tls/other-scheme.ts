import { connect as connectPlain } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TransportFault } from "../transport-fault.ts";

const WITHIN_MS = 2000;

export const SPEAKS_TLS: TransportFault = {
  kind: "fatal",
  reason: "it speaks TLS, and not plain HTTP",
  fix: "Write https:// instead of http:// in `url`, or the port that speaks plain HTTP",
};

const SPEAKS_PLAIN: TransportFault = {
  kind: "fatal",
  reason: "it does not speak TLS",
  fix: "Write http:// instead of https:// in `url`, or the port that does",
};

/**
 * Checks whether a server that ends or ignores our connections speaks the other scheme: most servers do not answer a client that speaks the wrong one.
 * Null if it does not, or does not answer in time.
 */
export async function otherScheme(url: URL): Promise<TransportFault | null> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(url.port) || (url.protocol === "https:" ? 443 : 80);
  if (url.protocol === "http:") return (await answersTls(host, port)) ? SPEAKS_TLS : null;
  return (await answersPlain(host, port, url.host)) ? SPEAKS_PLAIN : null;
}

function answersTls(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    // Nothing is sent or read, so the certificate need not be trusted.
    const socket = connectTls({ host, port, rejectUnauthorized: false });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(WITHIN_MS, end(false)).once("secureConnect", end(true)).once("error", end(false));
    socket.once("close", end(false));
  });
}

/** A server of TLS answers such a request with 400 at most. */
function answersPlain(host: string, port: number, name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectPlain({ host, port });
    const end = (answer: boolean) => (): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(WITHIN_MS, end(false)).once("error", end(false)).once("close", end(false));
    socket.once("connect", () => socket.write(`HEAD / HTTP/1.1\r\nhost: ${name}\r\nconnection: close\r\n\r\n`));
    socket.once("data", (bytes) => end(/^HTTP\/1\.[01] (?!400)\d{3}/.test(bytes.toString("latin1", 0, 16)))());
  });
}
