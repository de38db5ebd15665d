import { describe, it } from "vitest";
import { httpBackend } from "../../src/backends/http/index.ts";
import { PROTOCOLS } from "../../src/core/protocols/protocols.ts";
import type { ConformanceTarget } from "../../src/testing/index.ts";
import { verifyBackend } from "../../src/testing/index.ts";
import { startDroppingProxy } from "./support/dropping-proxy.ts";
import type { ServerName, TestServer } from "./support/servers.ts";
import { protocolsOf, SERVER_NAMES, SERVERS, serverFor, setScript, urlOf } from "./support/servers.ts";

/** The whole contract of a backend, with a server behind it that we did not write, in each protocol that it speaks. */
function targetOn(name: ServerName, server: () => TestServer): ConformanceTarget {
  return {
    name: `http with ${SERVERS[name].title}`,
    capabilities: { ...httpBackend.capabilities, protocols: protocolsOf(name) },
    async start(script, context) {
      await setScript(server(), script);
      const proxy = await startDroppingProxy(server().origin, script.dropFirst ?? 0);
      const backend = httpBackend.create(
        httpBackend.parseOptions({ url: urlOf({ name, origin: proxy.origin }, context.protocol.id) }),
      );
      return {
        session: await backend.open(context),
        async stop() {
          await setScript(server(), null);
          await proxy.stop();
        },
      };
    },
  };
}

/**
 * 10,000 requests of one row if a request is one line: a minute that tests our side and not the server's. It is run if lines share requests;
 * pairing.test.ts sends thousands of rows to each.
 */
const LONG = "answers 10,000 lines in order";

for (const name of SERVER_NAMES) {
  let server: TestServer;
  const linesShareRequests = PROTOCOLS[protocolsOf(name)[0] ?? "instances"].lineHolds === "row";
  const whereItRuns = (title: string, body: () => Promise<void>): void => {
    if (title === LONG && !linesShareRequests) return;
    it(title, async (context) => {
      server = serverFor(context, name);
      await body();
    });
  };
  verifyBackend(
    { describe, it: whereItRuns },
    targetOn(name, () => server),
  );
}
