/** Whose fault a failed request is, and what is done about it. */
export type FaultRule = {
  /**
   * - `none`: there is a response to look at.
   * - `rows`: its rows fail. Several rows are sent again in parts, so that only the bad ones fail.
   * - `rows-or-job`: that, if the server answers other rows. If it answers none, the job is at fault.
   * - `size`: the request is too large. Smaller ones are sent for the rest of the run.
   * - `server`: the rows fail if the server answers other requests meanwhile. If not, the run ends.
   * - `job`: the run ends at once, because no request can pass.
   */
  readonly fault: "none" | "rows" | "rows-or-job" | "size" | "server" | "job";
  /**
   * Whether the same request is sent again.
   * - `never`.
   * - `once`: once more, unless it is a part of a request that failed before.
   * - `max_attempts`: that often in all.
   * - `while-away`: as long as the server answers no other request, for `unreachable_timeout_s`; otherwise `max_attempts`.
   * - `while-gone`: for `unreachable_timeout_s`. Nothing listens there, so that the run ends afterwards.
   * - `request_timeout`: until `request_timeout_s` is over.
   */
  readonly again: "never" | "once" | "max_attempts" | "while-away" | "while-gone" | "request_timeout";
  /** Tries after which a request of several rows is sent in halves instead. Without it: only if the rows or the size are at fault. */
  readonly halvesAfter?: number;
  /** Whether fewer requests at once help. */
  readonly busy?: true;
  /** Whether a request is sent again without a wait after its first failure. */
  readonly isCommon?: true;
  /** What a user can do when the run ends. */
  readonly fix?: string;
};
