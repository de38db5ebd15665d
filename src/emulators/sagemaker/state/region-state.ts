import type { Tag } from "../../host/tags.ts";
import type { Model } from "./model.ts";
import type { TransformJob } from "./transform-job.ts";

/** The state of one region; names are unique in it. */
export type RegionState = {
  readonly models: Map<string, Model>;
  /** A job is never deleted: its name stays taken. */
  readonly jobs: Map<string, TransformJob>;
  /** By the ARN of the tagged resource. */
  readonly tags: Map<string, readonly Tag[]>;
};

export type Regions = {
  /** Created on first use. */
  of(name: string): RegionState;
  all(): Iterable<RegionState>;
};

export function createRegions(): Regions {
  const regions = new Map<string, RegionState>();
  return {
    of(name) {
      const state = regions.get(name) ?? { models: new Map(), jobs: new Map(), tags: new Map() };
      regions.set(name, state);
      return state;
    },
    all: () => regions.values(),
  };
}
