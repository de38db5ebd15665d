import { describe, expect, it } from "vitest";
import { PROTOCOL_IDS } from "../../src/core/protocols/protocols.ts";
import { httpTo, scoring } from "./support/scoring.ts";
import type { Cell } from "./support/servers.ts";
import { SERVER_NAMES, SERVERS, serverFor } from "./support/servers.ts";

const { score } = scoring();

describe.each(SERVER_NAMES)("%s", (name) => {
  const takes: Readonly<Record<string, Cell>> = SERVERS[name].takes;

  it.for(PROTOCOL_IDS.filter((id) => id in takes))(
    "answers a request in the protocol %s as the page says",
    async (protocol, context) => {
      const server = serverFor(context, name);
      const scored = await score("select n as id, 'row ' || n as text from range(3) t(n)", httpTo(server, protocol), {
        model: { protocol },
      });
      const cell = takes[protocol];
      if (typeof cell === "string") {
        expect(scored.error).toBeNull();
        expect(await scored.query("select id::int as id, twice::int as twice from scored order by id")).toEqual(
          [0, 1, 2].map((id) => ({ id, twice: 2 * id })),
        );
        return;
      }
      // Refused permanently, or once per row: no row looks scored, and the message has the server's reason.
      expect(scored.report.ledger).toMatchObject({ scored: 0 });
      const [row] = await scored.deadLetters();
      expect([scored.error?.message, row?.["message"]].join()).toContain(`status ${cell}: `);
    },
  );
});
