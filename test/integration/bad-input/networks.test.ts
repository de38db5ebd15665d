import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { onTestFinished } from "vitest";
import { startModelServer } from "../../backends/http/support/model-server.ts";
import { setProxies, startProxy } from "../../backends/http/support/proxy-server.ts";
import { createAuthority } from "../../support/certificates.ts";
import type { Reported } from "./support/describe-bad-input.ts";
import { describeBadInput } from "./support/describe-bad-input.ts";
import { useProject } from "./support/project.ts";

const project = useProject();
const authority = createAuthority();

/** A run whose model is at this URL. */
async function failureAt(url: string, exitCode = 1, more = ""): Promise<Reported> {
  await project.spoilJob("kind: local\n  model: model.ts", `kind: http\n  url: ${url}${more}`);
  return project.failingRun({ exitCode });
}

async function tlsServer(
  hosts: readonly string[],
  days?: { readonly from: number; readonly to: number },
): Promise<string> {
  const { url } = await startModelServer((_, response) => response.end(), { tls: authority.server(hosts, days) });
  return url;
}

/** A server that answers every handshake with an alert. */
async function alertingServer(alert: number): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert])));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}/invocations`;
}

describeBadInput(
  "Networks",
  () => [project.path],
  (when) => {
    when("`https://` leads to a server of plain HTTP", async () => {
      const { url } = await startModelServer((_, response) => response.end());
      return failureAt(url.replace("http:", "https:"));
    });

    when("`http://` leads to a server of TLS", async () =>
      failureAt((await tlsServer(["127.0.0.1"])).replace("https:", "http:")),
    );

    when("a certificate of a private authority", async () => failureAt(await tlsServer(["127.0.0.1"])));

    when("a certificate that has expired", async () => {
      await project.write("ca.pem", authority.cert);
      return failureAt(await tlsServer(["127.0.0.1"], { from: -9, to: -2 }), 1, "\n  tls: { ca: ca.pem }");
    });

    when("a certificate of another host", async () => {
      await project.write("ca.pem", authority.cert);
      return failureAt(await tlsServer(["model.test"]), 1, "\n  tls: { ca: ca.pem }");
    });

    when("a server that requires a client certificate", async () => failureAt(await alertingServer(116)));

    when("`tls.ca` is not there", () => failureAt("https://127.0.0.1:1/", 2, "\n  tls: { ca: ca.pem }"));

    when("`tls.ca` is not PEM", async () => {
      await project.write("ca.pem", Buffer.from([0x30, 0x82, 0x01, 0x0a]));
      return failureAt("https://127.0.0.1:1/", 2, "\n  tls: { ca: ca.pem }");
    });

    when("`tls.key` is of another certificate", async () => {
      await project.write("cert.pem", authority.client("scoring").cert);
      await project.write("key.pem", authority.key);
      return failureAt("https://127.0.0.1:1/", 2, "\n  tls: { cert: cert.pem, key: key.pem }");
    });

    when("the proxy is not there", () => {
      setProxies({ HTTPS_PROXY: "http://me:secret@127.0.0.1:1" });
      return failureAt("https://model.test/", 1, "\n  unreachable_timeout_s: 0");
    });

    when("the proxy requires credentials", async () => {
      const { origin } = await startProxy({ credentials: "me:secret" });
      setProxies({ HTTPS_PROXY: origin });
      return failureAt("https://model.test/");
    });

    when("the proxy does not allow the connection", async () => {
      const { origin } = await startProxy({ status: 403 });
      setProxies({ HTTPS_PROXY: origin });
      return failureAt("https://model.test/");
    });

    when("the proxy's address is not valid", () => {
      setProxies({ HTTPS_PROXY: "socks5://127.0.0.1:1080" });
      return failureAt("https://model.test/", 2);
    });
  },
);
