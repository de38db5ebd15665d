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
  /** A local folder for objects in transfer; each job has its own folder in it. */
  readonly scratch: string;
  /** Aborts when the emulator is being closed. */
  readonly closing: AbortSignal;
  /** Writes a line to a job's log; each instance has its own stream. */
  log(place: { readonly region: string; readonly job: string; readonly stream: string }, line: string): void;
};
