/** One thing that was looked at. */
export type CheckItem = {
  readonly name: string;
  readonly status: "ok" | "warning" | "failed";
  readonly detail: string;
};
