import { describe, expect, it } from "vitest";
import { createAuthority } from "../../support/certificates.ts";
import { predict, startModelServer } from "./support/model-server.ts";
import { pemFile } from "./support/pem-file.ts";
import { setProxies, startProxy } from "./support/proxy-server.ts";
import { instancesLine, scoreOverHttp } from "./support/score-over-http.ts";

const authority = createAuthority();
const tls = authority.server(["model.test", "localhost", "127.0.0.1"]);
const ROWS = [[instancesLine(2), instancesLine(1, 2)]];
const SCORED = ['{"predictions":[0,1]}', '{"predictions":[2]}'];

const answer: Parameters<typeof startModelServer>[0] = (received, response) =>
  response.end(received.request.method === "GET" ? "ok" : predict(received));
const placeOf = (url: string): string => new URL(url).host;

describe("a proxy of the environment", () => {
  it.each(["HTTPS_PROXY", "https_proxy"])("carries an https:// server, by %s", async (variable) => {
    const server = await startModelServer(answer, { tls });
    const proxy = await startProxy({ target: placeOf(server.url) });
    setProxies({ [variable]: proxy.origin });
    const job = { url: "https://model.test/invocations", tls: { ca: pemFile(authority.cert) }, health_path: "/ping" };
    const { lines } = await scoreOverHttp(job, ROWS);
    expect(lines).toEqual(SCORED);
    expect(new Set(proxy.asked)).toEqual(new Set(["CONNECT model.test:443"]));
    expect(server.received[0]?.request.url).toBe("/ping");
    expect(server.received.at(-1)?.request.headers.host).toBe("model.test");
  });

  it.each(["HTTP_PROXY", "http_proxy"])("carries an http:// server, by %s", async (variable) => {
    const server = await startModelServer(answer);
    const proxy = await startProxy({ target: placeOf(server.url) });
    setProxies({ [variable]: proxy.origin, HTTPS_PROXY: "http://127.0.0.1:1" });
    const { lines } = await scoreOverHttp({ url: "http://model.test:8080/invocations", health_path: "/ping" }, ROWS);
    expect(lines).toEqual(SCORED);
    expect(proxy.asked[0]).toBe("GET http://model.test:8080/ping");
    expect(proxy.asked.at(-1)).toBe("POST http://model.test:8080/invocations");
    expect(server.received.at(-1)?.request.headers.host).toBe("model.test:8080");
  });

  it("may have an https:// address of its own, whose authority is that of `tls.ca`, too", async () => {
    const server = await startModelServer(answer, { tls });
    const proxy = await startProxy({ target: placeOf(server.url), tls });
    setProxies({ HTTPS_PROXY: proxy.origin });
    const job = { url: "https://model.test/invocations", tls: { ca: pemFile(authority.cert) } };
    expect((await scoreOverHttp(job, ROWS)).lines).toEqual(SCORED);
  });

  it("is written without a scheme, too", async () => {
    const server = await startModelServer(answer);
    const proxy = await startProxy({ target: placeOf(server.url) });
    setProxies({ http_proxy: placeOf(proxy.origin) });
    expect((await scoreOverHttp({ url: "http://model.test/x" }, ROWS)).lines).toEqual(SCORED);
  });

  it.each(["*", "localhost", "other.test, localhost", "localhost:PORT", ".localhost"])(
    "is passed by for a host of NO_PROXY=%s",
    async (exempt) => {
      const server = await startModelServer(answer, { name: "localhost" });
      setProxies({ HTTP_PROXY: "http://127.0.0.1:1", NO_PROXY: exempt.replace("PORT", new URL(server.url).port) });
      expect((await scoreOverHttp({ url: server.url }, ROWS)).lines).toEqual(SCORED);
    },
  );

  it.each(["127.0.0.1", "127.0.0.0/8", "10.0.0.1 127.0.0.1"])(
    "is passed by for an address of no_proxy=%s",
    async (exempt) => {
      const server = await startModelServer(answer);
      setProxies({ HTTP_PROXY: "http://127.0.0.1:1", no_proxy: exempt });
      expect((await scoreOverHttp({ url: server.url }, ROWS)).lines).toEqual(SCORED);
    },
  );

  it.each(["alhost", "localhost:1", "10.0.0.0/8", "127.0.0.2"])(
    "is asked if NO_PROXY=%s names another host",
    async (exempt) => {
      const server = await startModelServer(answer, { name: "localhost" });
      const proxy = await startProxy({ target: placeOf(server.url) });
      setProxies({ HTTP_PROXY: proxy.origin, NO_PROXY: exempt });
      expect((await scoreOverHttp({ url: server.url }, ROWS)).lines).toEqual(SCORED);
      expect(proxy.asked).toHaveLength(2);
    },
  );

  it.each(["https", "http"])(
    "is sent the credentials of its address, which the server of %s:// never sees",
    async (scheme) => {
      const server = await startModelServer(answer, scheme === "https" ? { tls } : {});
      const proxy = await startProxy({ target: placeOf(server.url), credentials: "ann:s3cr:t pass" });
      setProxies({ [`${scheme}_proxy`]: proxy.origin.replace("//", "//ann:s3cr%3At%20pass@") });
      const job = {
        url: `${scheme}://model.test/x`,
        ...(scheme === "https" ? { tls: { ca: pemFile(authority.cert) } } : {}),
      };
      expect((await scoreOverHttp(job, ROWS)).lines).toEqual(SCORED);
      if (scheme === "https") expect(server.received[0]?.request.headers["proxy-authorization"]).toBeUndefined();
    },
  );
});

describe("a proxy that is in the way", () => {
  const url = "https://model.test:8443/invocations";

  it.each([
    ["https", "requires credentials", ""],
    ["https", "rejects the credentials in HTTPS_PROXY", "ann:s3cret-pass@"],
    ["http", "requires credentials", ""],
    ["http", "rejects the credentials in HTTP_PROXY", "ann:s3cret-pass@"],
  ])("ends the run at once if it answers 407 (%s, %s)", async (scheme, what, user) => {
    const proxy = await startProxy({ credentials: "bob:other-pass" });
    const variable = `${scheme.toUpperCase()}_PROXY`;
    setProxies({ [variable]: proxy.origin.replace("//", `//${user}`) });
    const failed = scoreOverHttp({ url: url.replace("https", scheme) }, ROWS);
    await expect(failed).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
      message: expect.stringContaining(
        `the proxy ${proxy.origin} (${variable}) ${what} (status 407). Put user:password@ before the host in ${variable}`,
      ),
    });
    await expect(failed).rejects.not.toMatchObject({ message: expect.stringContaining("s3cret") });
    // Each of the requests in flight asked once.
    expect(proxy.asked.length).toBeLessThanOrEqual(2);
  });

  it("ends the run at once if it does not allow the connection", async () => {
    const proxy = await startProxy({ status: 403 });
    setProxies({ HTTPS_PROXY: proxy.origin });
    await expect(scoreOverHttp({ url }, ROWS)).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
      message: expect.stringContaining(
        `the proxy ${proxy.origin} (HTTPS_PROXY) does not allow a connection to model.test:8443 (status 403). Have it allowed there, or add model.test to NO_PROXY`,
      ),
    });
  });

  it("is waited for, and named, while it has no connection to the server", async () => {
    const proxy = await startProxy({ status: 502 });
    setProxies({ HTTPS_PROXY: proxy.origin });
    await expect(scoreOverHttp({ url, unreachable_timeout_s: 20 }, ROWS)).rejects.toMatchObject({
      message: expect.stringContaining("has no connection to model.test:8443 (status 502)"),
    });
    expect(proxy.asked.length).toBeGreaterThan(2);
  });

  it.each(["https", "http"])("is named if it is not there (%s), without its password", async (scheme) => {
    const variable = `${scheme.toUpperCase()}_PROXY`;
    setProxies({ [variable]: "http://ann:s3cret-pass@127.0.0.1:1" });
    const error = await scoreOverHttp({ url: url.replace("https", scheme), unreachable_timeout_s: 1 }, ROWS).catch(
      (thrown) => thrown,
    );
    expect(error.code).toBe("BACKEND_UNREACHABLE");
    expect(error.message).toContain(
      `the proxy http://127.0.0.1:1 (${variable}) cannot be reached: connect ECONNREFUSED`,
    );
    expect(error.message).toContain(`Correct ${variable}, or add model.test to NO_PROXY to connect without it.`);
    expect(JSON.stringify([error.message, error.facts])).not.toContain("s3cret");
  });

  it.each(["https", "http"])("is named by the health check, too (%s)", async (scheme) => {
    const proxy = await startProxy({ credentials: "bob:other-pass" });
    setProxies({ [`${scheme.toUpperCase()}_PROXY`]: proxy.origin });
    await expect(
      scoreOverHttp({ url: url.replace("https", scheme), health_path: "/ping" }, ROWS),
    ).rejects.toMatchObject({
      code: "BACKEND_UNREACHABLE",
      message: expect.stringContaining(`/ping got no answer: the proxy ${proxy.origin}`),
    });
    expect(proxy.asked).toHaveLength(1);
  });

  it.each(["socks5://127.0.0.1:1080", "http://:80:80", "ftp://s3cret-pass@proxy"])(
    "is rejected before anything is sent if its address is %s",
    async (address) => {
      setProxies({ HTTPS_PROXY: address });
      const error = await scoreOverHttp({ url }, ROWS).catch((thrown) => thrown);
      expect(error).toMatchObject({
        code: "BACKEND_OPTIONS_INVALID",
        message: expect.stringContaining("variable HTTPS_PROXY is not the address of an HTTP proxy"),
      });
      expect(error.message).not.toContain("s3cret");
    },
  );

  it("has its password masked in what a server sends back", async () => {
    const server = await startModelServer(({ request }, response) =>
      response.writeHead(400).end(`bad request: ${JSON.stringify(request.headers)}`),
    );
    const proxy = await startProxy({ target: placeOf(server.url) });
    setProxies({ HTTP_PROXY: proxy.origin.replace("//", "//ann:s3cret-pass@") });
    const { lines } = await scoreOverHttp({ url: "http://model.test/x" }, [[instancesLine(1)]]);
    expect(lines[0]).toContain("bad request");
    expect(lines[0]).not.toContain(Buffer.from("ann:s3cret-pass").toString("base64"));
  });
});
