import type { ObjectStore } from "../../core/ports/object-store.ts";
import type { ContainerCatalogue } from "./containers/container-catalogue.ts";
import type { SagemakerSettings } from "./sagemaker-settings.ts";
import type { Regions } from "./state/region-state.ts";

/** What the operations and the jobs share. */
export type SagemakerContext = {
  readonly regions: Regions;
  readonly containers: ContainerCatalogue;
  /** All objects of a bucket, by their whole keys. */
  bucket(name: string): ObjectStore;
  readonly settings: SagemakerSettings;
  /** A folder of this machine for objects on their way; each job has one of its own in it. */
  readonly scratch: string;
  /** Aborts when the emulator is being closed. */
  readonly closing: AbortSignal;
  /** Takes a line of a job's log; each instance has a stream of its own. */
  log(place: { readonly region: string; readonly job: string; readonly stream: string }, line: string): void;
};
