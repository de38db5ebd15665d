import type { FlightsDatabase } from "./flights-database.ts";

/** The flights that departed in one hour of the day. */
export type FlightsInHour = {
  /** 0 to 23. */
  readonly hour: number;
  readonly flights: number;
  /** Mean of the predicted probability of being late. */
  readonly predicted: number;
  /** Share of the flights that were late, by 15 minutes or more. */
  readonly happened: number;
  /** Flights by predicted probability, in ten steps of a tenth. */
  readonly histogram: readonly number[];
};

export type ScoredFlight = {
  readonly id: number;
  readonly departure: string;
  readonly origin: string;
  readonly destination: string;
  readonly delay: number;
  readonly label: number;
  readonly probability: number;
};

const STEPS = 10;

export async function readHours(database: FlightsDatabase): Promise<FlightsInHour[]> {
  const steps = Array.from({ length: STEPS }, (_, step) => {
    // The last step takes a probability of exactly 1.
    const place = `least(${STEPS - 1}, floor(probability * ${STEPS}))`;
    return `count(*) filter (${place} = ${step}) as step_${step}`;
  });
  const rows = await database.rows(`
    select hour(date) as hour, count(*) as flights, avg(probability) as predicted, avg((delay >= 15)::int) as happened, ${steps.join(", ")}
    from published group by 1 order by 1`);
  return rows.map((row) => ({
    hour: Number(row["hour"]),
    flights: Number(row["flights"]),
    predicted: rounded(row["predicted"]),
    happened: rounded(row["happened"]),
    histogram: steps.map((_, step) => Number(row[`step_${step}`])),
  }));
}

export async function readFirstFlights(database: FlightsDatabase, count: number): Promise<ScoredFlight[]> {
  const rows = await database.rows(`
    select id, strftime(date, '%Y-%m-%d %H:%M') as departure, origin, destination, delay, label, probability
    from published order by id limit ${count}`);
  return rows.map((row) => ({
    id: Number(row["id"]),
    departure: String(row["departure"]),
    origin: String(row["origin"]),
    destination: String(row["destination"]),
    delay: Number(row["delay"]),
    label: Number(row["label"]),
    probability: rounded(row["probability"]),
  }));
}

/** More digits would be of no interest. */
function rounded(value: unknown): number {
  return Math.round(Number(value) * 10_000) / 10_000;
}
