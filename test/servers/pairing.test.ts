import { describe, expect, it } from "vitest";
import { httpTo, scoring } from "./support/scoring.ts";
import { protocolsOf, SERVER_NAMES, serverFor } from "./support/servers.ts";

const { score } = scoring();

/** Ids that no double holds, and a text that is different in every row. */
const numbered = (rows: number): string =>
  `select 9007199254740993 + 2 * n as id, 'row ' || n || ' Zoë' as text from range(${rows}) t(n)`;

describe.each(SERVER_NAMES)("%s", (name) => {
  it.for(protocolsOf(name))("pairs 4,000 rows with their predictions: %s, 8 in flight", async (protocol, context) => {
    const backend = httpTo(serverFor(context, name), protocol, { concurrency: 8 });
    const scored = await score(numbered(4000), backend, {
      model: { protocol },
      requests: { batch_size: 50, file_size_mb: 0.02 },
    });
    expect(scored.error).toBeNull();
    expect(scored.report.ledger).toMatchObject({ input: 4000, scored: 4000 });
    expect(scored.report.shards.total).toBeGreaterThan(5);
    expect(
      await scored.query(`
        select count(distinct id)::int as ids, count(*) filter (twice = 2 * id and mirrored = reverse(text))::int as own
        from scored semi join (${numbered(4000)}) sent using (id, text)`),
    ).toEqual([{ ids: 4000, own: 4000 }]);
  });
});
