import type { FlightsDatabase } from "./flights-database.ts";

/** The published table, compared with the source row by row. */
export type Verification = {
  readonly source_rows: number;
  readonly table_rows: number;
  /** Different ids in the table. */
  readonly distinct_ids: number;
  /** Rows of the source whose id the table does not have. */
  readonly missing_rows: number;
  /** Rows of the table whose id the source does not have. */
  readonly surplus_rows: number;
  /** Rows with a source column that has another value in the table. */
  readonly changed_rows: number;
  readonly unscored_rows: number;
  /** Groups of flights with the same features. If a group has several answers, answers were paired with the wrong rows. */
  readonly feature_groups: number;
  readonly contradictory_groups: number;
  readonly ok: boolean;
};

const COLUMNS = ["date", "origin", "destination", "distance", "delay", "ds"];

export async function verifyFlights(database: FlightsDatabase): Promise<Verification> {
  const [rows, groups] = [await first(database, ROWS), await first(database, GROUPS)];
  const facts = {
    source_rows: rows("source_rows"),
    table_rows: rows("table_rows"),
    distinct_ids: rows("distinct_ids"),
    missing_rows: rows("missing_rows"),
    surplus_rows: rows("surplus_rows"),
    changed_rows: rows("changed_rows"),
    unscored_rows: rows("unscored_rows"),
    feature_groups: groups("feature_groups"),
    contradictory_groups: groups("contradictory_groups"),
  };
  return { ...facts, ok: isComplete(facts) };
}

function isComplete(facts: Omit<Verification, "ok">): boolean {
  return (
    facts.table_rows === facts.source_rows &&
    facts.distinct_ids === facts.source_rows &&
    facts.missing_rows === 0 &&
    facts.surplus_rows === 0 &&
    facts.changed_rows === 0 &&
    facts.unscored_rows === 0 &&
    facts.contradictory_groups === 0
  );
}

const tuple = (table: string): string => `(${COLUMNS.map((name) => `${table}.${name}`).join(", ")})`;

const ROWS = `
  select
    (select count(*) from source) as source_rows,
    (select count(*) from published) as table_rows,
    (select count(distinct id) from published) as distinct_ids,
    count(*) filter (p.id is null) as missing_rows,
    count(*) filter (s.id is null) as surplus_rows,
    count(*) filter (p.id is not null and s.id is not null and ${tuple("s")} is distinct from ${tuple("p")}) as changed_rows,
    count(*) filter (p.id is not null and p.probability is null) as unscored_rows
  from source s full join published p on p.id = s.id`;

const GROUPS = `
  select count(*) as feature_groups, count(*) filter (least_probability is distinct from most_probability) as contradictory_groups
  from (
    select min(probability) as least_probability, max(probability) as most_probability
    from published group by origin, destination, distance, hour(date), isodow(date)
  )`;

async function first(database: FlightsDatabase, sql: string): Promise<(name: string) => number> {
  const [row] = await database.rows(sql);
  return (name) => Number(row?.[name]);
}
