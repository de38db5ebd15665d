import type { DescribeTransformJobCommandOutput } from "@aws-sdk/client-sagemaker";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { Clock } from "../../../core/ports/clock.ts";
import { costOf } from "../cost/job-cost.ts";
import type { SagemakerOptions } from "../sagemaker-options.ts";

/** The limits of a run in money and time. */
export type Guard = {
  /** Throws `BUDGET_EXCEEDED` or `DEADLINE_EXCEEDED`; the caller then stops the job. */
  check(job: DescribeTransformJobCommandOutput): void;
};

export function createGuard({
  options: { maxCostUsd, deadlineSeconds },
  pricePerHour,
  clock,
}: {
  readonly options: Pick<SagemakerOptions, "maxCostUsd" | "deadlineSeconds">;
  readonly pricePerHour: number | null;
  readonly clock: Clock;
}): Guard {
  const begun = clock.now();
  return {
    check(job) {
      const name = job.TransformJobName ?? "";
      const spent = costOf(job, pricePerHour, clock.now())?.usd ?? 0;
      if (maxCostUsd !== null && spent >= maxCostUsd) {
        throw new ScoreframeError(
          "BUDGET_EXCEEDED",
          `The transform job ${name} has cost ${spent} USD, and backend.max_cost_usd is ${maxCostUsd}: it is being stopped. Nothing was published. ` +
            "Raise the limit, or make the job cheaper: `scoreframe plan` says how.",
          {
            backend: "sagemaker",
            operation: "score",
            option: "backend.max_cost_usd",
            details: { job: name, usd: spent },
          },
        );
      }
      if (deadlineSeconds !== null && clock.now() - begun >= deadlineSeconds * 1000) {
        throw new ScoreframeError(
          "DEADLINE_EXCEEDED",
          `The transform job ${name} was not done after ${deadlineSeconds} s (backend.deadline_s): it is being stopped. Nothing was published. ` +
            "Raise the limit, or use more instances: `scoreframe plan` says how many.",
          { backend: "sagemaker", operation: "score", option: "backend.deadline_s", details: { job: name } },
        );
      }
    },
  };
}
