import { generateKeyPairSync } from "node:crypto";
import type { AddressInfo, Server } from "node:net";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ScoreframeError } from "../../../src/core/errors/scoreframe-error.ts";
import { createAuthority } from "../../support/certificates.ts";
import { predict, startModelServer } from "./support/model-server.ts";
import { pemFile } from "./support/pem-file.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const authority = createAuthority();
const stranger = createAuthority("Another Authority");
const serverTls = authority.server(["127.0.0.1", "localhost"]);
const clientTls = authority.client("scoring");
const ROWS = [[instancesLine(2)]];
const SCORED = ['{"predictions":[0,1]}'];

const answer: Parameters<typeof startModelServer>[0] = (received, response) =>
  response.end(received.request.method === "GET" ? "ok" : predict(received));

const score = (url: string, job: Readonly<Record<string, unknown>> = {}) => scoreOverHttp({ url, ...job }, ROWS);

/** The error of a run, and how often it was tried again. */
async function failure(url: string, job: Readonly<Record<string, unknown>> = {}): Promise<ScoreframeError> {
  return score(url, job).then(
    () => Promise.reject(new Error("rows were scored")),
    (thrown) => thrown,
  );
}

describe("a server behind a private authority", () => {
  it("is trusted by `tls.ca`, its health check included", async () => {
    const server = await startModelServer(answer, { tls: serverTls });
    const job = { tls: { ca: pemFile(authority.cert) }, health_path: "/ping" };
    expect((await score(server.url, job)).lines).toEqual(SCORED);
    expect(server.received[0]?.request.url).toBe("/ping");
  });

  it("is trusted by one of several authorities in the file, whatever is around them", async () => {
    const server = await startModelServer(answer, { tls: serverTls });
    const ca = pemFile(`# our authorities\r\n${stranger.cert}\nCN = ours\n${authority.cert}`);
    expect((await score(server.url, { tls: { ca } })).lines).toEqual(SCORED);
  });

  it.each([{}, { health_path: "/ping" }])(
    "is rejected after one try without it, and the message names `tls.ca` (%j)",
    async (job) => {
      const server = await startModelServer(answer, { tls: serverTls });
      const error = await failure(server.url, job);
      expect(error.code).toBe("BACKEND_UNREACHABLE");
      expect(error.message).toMatch(
        /its certificate is not trusted \(unable to verify the first certificate\)\. .*set `tls\.ca` or NODE_EXTRA_CA_CERTS/,
      );
      expect(error.message).not.toContain("--use-system-ca");
      expect(server.received).toEqual([]);
    },
  );

  it("is rejected if `tls.ca` is of another authority", async () => {
    const server = await startModelServer(answer, { tls: serverTls });
    expect((await failure(server.url, { tls: { ca: pemFile(stranger.cert) } })).message).toContain("is not trusted");
  });
});

describe("a certificate that is not right", () => {
  const trusted = () => ({ tls: { ca: pemFile(authority.cert) } });

  it.each([
    ["has expired", { from: -9, to: -2 }, "its certificate has expired. Renew it on the server."],
    [
      "is not valid yet",
      { from: 2, to: 9 },
      "its certificate is not valid yet. Check the clock of this machine, which is 20",
    ],
  ])("is named if it %s", async (_, days, message) => {
    const server = await startModelServer(answer, { tls: authority.server(["127.0.0.1"], days) });
    expect((await failure(server.url, trusted())).message).toContain(message);
  });

  it("is named if it is for another host", async () => {
    const server = await startModelServer(answer, { tls: authority.server(["model.test"]), name: "localhost" });
    expect((await failure(server.url, trusted())).message).toMatch(
      /its certificate is for another host \(.*DNS:model\.test\)\. Write a host name of the certificate in `url`/,
    );
  });

  it("is looked at for the host of a `host` header", async () => {
    const server = await startModelServer(answer, { tls: authority.server(["model.test"]) });
    expect((await score(server.url, { ...trusted(), headers: { Host: "model.test" } })).lines).toEqual(SCORED);
    expect(server.received[0]?.request.headers.host).toBe("model.test");
  });
});

describe("a server that wants a client certificate", () => {
  const tls = { ...serverTls, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const ca = () => pemFile(authority.cert);

  it.each(["TLSv1.2", "TLSv1.3"] as const)("gets that of `tls.cert` and `tls.key` (%s)", async (version) => {
    const server = await startModelServer(answer, { tls: { ...tls, minVersion: version, maxVersion: version } });
    const job = { tls: { ca: ca(), cert: pemFile(clientTls.cert), key: pemFile(clientTls.key) }, health_path: "/ping" };
    expect((await score(server.url, job)).lines).toEqual(SCORED);
  });

  it.each([
    ["TLSv1.2", () => ({})],
    ["TLSv1.3", () => ({})],
    ["TLSv1.2", () => otherClient()],
    ["TLSv1.3", () => otherClient()],
  ] as const)("and ends connections without a word is asked about (%s)", async (version, client) => {
    const server = await startModelServer(answer, { tls: { ...tls, minVersion: version, maxVersion: version } });
    const { message } = await failure(server.url, { tls: { ca: ca(), ...client() }, unreachable_timeout_s: 1 });
    expect(message).toMatch(/If it requires a client certificate[,:] set `tls\.cert` and `tls\.key`/);
  });

  it.each([
    ["handshake failure", 40, "If it requires a client certificate: set `tls.cert` and `tls.key`"],
    ["bad certificate", 42, "it does not accept the client certificate"],
    ["certificate expired", 45, "it does not accept the client certificate"],
    ["unknown CA", 48, "it does not accept the client certificate"],
    ["certificate required", 116, "it requires a client certificate. Set `tls.cert` and `tls.key`"],
    ["protocol version", 70, "the TLS handshake failed"],
  ])("and says so by the alert %s is named after one try", async (_, alert, expected) => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert])));
    });
    const { message } = await failure(`https://${await listening(server)}/x`);
    expect(message).toContain("after 1 try");
    expect(message).toContain(expected);
  });

  it.each([
    ["<html><title>400 No required SSL certificate was sent</title>", "it requires a client certificate"],
    ["<html><title>400 The SSL certificate error</title>", "it does not accept the client certificate"],
  ])("and says so by status 400 is named after one try: %s", async (body, expected) => {
    const server = await startModelServer((_, response) => response.writeHead(400).end(body), { tls: serverTls });
    const { message } = await failure(server.url, { tls: { ca: ca() } });
    expect(message).toContain(expected);
    expect(server.received).toHaveLength(1);
  });
});

function otherClient(): Record<string, string> {
  const { cert, key } = stranger.client("scoring");
  return { cert: pemFile(cert), key: pemFile(key) };
}

describe("files of `tls`", () => {
  const url = "https://127.0.0.1:1/invocations";

  it.each<[string, () => Record<string, string>, string | RegExp]>([
    [
      "missing",
      () => ({ ca: "certs/ca.pem" }),
      /backend\.tls\.ca names .*\/certs\/ca\.pem, which cannot be read: there is no such file/,
    ],
    ["a folder", () => ({ ca: "." }), /which cannot be read: it is a folder/],
    ["empty", () => ({ ca: pemFile("") }), /which holds no certificate in PEM/],
    [
      "not PEM",
      () => ({ ca: pemFile(Buffer.from([0x30, 0x82, 1, 2])) }),
      /no certificate in PEM: .*openssl x509 -inform der/,
    ],
    ["cut", () => ({ ca: pemFile(authority.cert.slice(0, 200)) }), /holds no certificate in PEM/],
    ["damaged", () => ({ ca: pemFile(authority.cert.replace(/\n.{30}/, "\n")) }), /is damaged: its certificate 1 of 1/],
    ["a key in the place of a certificate", () => ({ ca: pemFile(clientTls.key) }), /private key and no certificate/],
    [
      "a certificate in the place of a key",
      () => ({ cert: pemFile(clientTls.cert), key: pemFile(clientTls.cert) }),
      /backend\.tls\.key names .* which holds no private key/,
    ],
    [
      "a damaged key",
      () => ({ cert: pemFile(clientTls.cert), key: pemFile(clientTls.key.replace(/\n.{30}/, "\n")) }),
      /private key cannot be read/,
    ],
    [
      "the key of another certificate",
      () => ({ cert: pemFile(clientTls.cert), key: pemFile(serverTls.key) }),
      /backend\.tls\.key is not the key of the first certificate/,
    ],
    [
      "an encrypted key",
      () => ({ cert: pemFile(clientTls.cert), key: pemFile(encryptedKey()) }),
      /is encrypted\. Write it without a passphrase/,
    ],
  ])("are rejected before anything is sent if one is %s", async (_, tls, message) => {
    const error = await failure(url, { tls: tls() });
    expect(error.code).toBe("BACKEND_OPTIONS_INVALID");
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain("BEGIN CERTIFICATE-----\n");
  });

  it.each([
    [{ url: "http://127.0.0.1:1/x", tls: { ca: "ca.pem" } }, "backend.tls.ca has no use with an http:// URL"],
    [{ url, tls: { cert: "c.pem" } }, "backend.tls.key is missing"],
    [{ url, tls: { key: "k.pem" } }, "backend.tls.cert is missing"],
    [{ url, tls: { caa: "ca.pem" } }, 'backend.tls has no key "caa". Did you mean `ca`?'],
    [{ url, tls: "ca.pem" }, "backend.tls must be an object with ca, cert, key"],
  ])("are named rightly: %j", async (job, message) => {
    await expect(scoreOverHttp(job, ROWS)).rejects.toMatchObject({
      code: "BACKEND_OPTIONS_INVALID",
      message: expect.stringContaining(message),
    });
  });
});

describe("the wrong scheme", () => {
  const NOT_TLS = /it does not speak TLS\. Write http:\/\/ instead of https:\/\/ in `url`/;
  const IS_TLS = /it speaks TLS, and not plain HTTP\. Write https:\/\/ instead of http:\/\/ in `url`/;

  it.each([{}, { health_path: "/ping" }])("is named if https:// leads to a server of plain HTTP (%j)", async (job) => {
    const server = await startModelServer(answer);
    const error = await failure(server.url.replace("http:", "https:"), job);
    expect(error).toMatchObject({ code: "BACKEND_UNREACHABLE", message: expect.stringMatching(NOT_TLS) });
  });

  it("is named if that server hangs up on what it does not understand", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.once("data", (bytes) => (bytes[0] === 0x16 ? socket.destroy() : socket.end("HTTP/1.0 405 No\r\n\r\n")));
    });
    expect((await failure(`https://${await listening(server)}/x`)).message).toMatch(NOT_TLS);
  });

  it("is named if that server waits for the end of a line", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (bytes) => bytes.includes("\r\n\r\n") && socket.end("HTTP/1.0 200 OK\r\n\r\n"));
    });
    expect((await failure(`https://${await listening(server)}/x`, { connect_timeout_s: 1 })).message).toMatch(NOT_TLS);
  });

  it.each([{}, { health_path: "/ping" }])("is named if http:// leads to a server of TLS (%j)", async (job) => {
    const server = await startModelServer(answer, { tls: serverTls });
    const error = await failure(server.url.replace("https:", "http:"), job);
    expect(error).toMatchObject({ code: "BACKEND_UNREACHABLE", message: expect.stringMatching(IS_TLS) });
    expect(server.received).toEqual([]);
  });

  it.each([
    "<html><h1>400 Bad Request</h1>The plain HTTP request was sent to HTTPS port<hr>nginx</html>",
    "Client sent an HTTP request to an HTTPS server.\n",
    "Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
  ])("is named if the server says so: %s", async (body) => {
    const server = await startModelServer((_, response) => response.writeHead(400).end(body));
    expect((await failure(server.url)).message).toMatch(IS_TLS);
  });

  it("is not suspected in a server that resets connections", async () => {
    const server = createServer((socket) => void socket.destroy());
    const { message } = await failure(`http://${await listening(server)}/x`, { unreachable_timeout_s: 1 });
    expect(message).toMatch(/got no answer after \d+ tries/);
    expect(message).not.toContain("TLS");
  });
});

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function encryptedKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" }).toString();
}
