/** What a run costs; goes into run.json as it is. */
export type RunCost = {
  /** Null if the price is unknown. */
  readonly usd: number | null;
  /** Billed seconds of one instance. */
  readonly seconds: number;
  readonly instances: number;
  readonly instance_type: string | null;
  /** USD of one instance for an hour. */
  readonly price_per_hour: number | null;
};
