import type { Dataset } from "../data/dataset.ts";
import type { Usage } from "../measure/measure.ts";

/** A program that scores a table, each time in new processes. */
export type Contender = {
  readonly name: string;
  /** What must be done once for a table before it is measured. */
  prepare(dataset: Dataset): Promise<void>;
  /** Scores the table into `folder`, which is empty, and leaves the result in `folder/table`. */
  run(dataset: Dataset, folder: string): Promise<Outcome>;
};

export type Outcome = {
  /** All processes of the run, without the model. */
  readonly usage: Usage;
  /** The same, process by process, if there is more than one. */
  readonly processes?: Readonly<Record<string, Usage>>;
  readonly requestBytes: number;
  readonly shards: number;
  /** Seconds by stage as the engine reports them; stages overlap. */
  readonly stages?: Readonly<Record<string, number>>;
};
