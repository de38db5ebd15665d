import type { TestContext } from "vitest";
import { beforeAll, describe, expect, it } from "vitest";
import type { CheckProgram, CheckRun } from "./support/run-checks.ts";
import { runChecks } from "./support/run-checks.ts";

type Client = {
  readonly title: string;
  readonly program: CheckProgram;
  readonly checks: readonly string[];
  /** Every operation that it calls while it is checked. */
  readonly calls: readonly string[];
};

const CLIENTS: readonly Client[] = [
  {
    title: "boto3",
    program: { packages: "sdk3", program: "boto3_checks" },
    checks: [
      "models_are_created_described_listed_and_deleted",
      "the_waiter_sees_a_job_complete",
      "the_waiter_fails_with_a_job_that_fails",
      "the_waiter_takes_a_stopped_job_for_a_success",
      "the_waiter_fails_at_once_with_a_job_that_is_not_there",
      "a_name_of_a_job_that_is_taken_is_a_modelled_exception",
      "an_error_says_what_is_wrong",
      "what_is_not_emulated_says_so",
      "jobs_are_listed_page_by_page",
      "tags_are_kept",
      "a_job_is_stopped_half_way",
    ],
    calls: [
      "AddTags",
      "CreateEndpoint",
      "CreateModel",
      "CreateTransformJob",
      "DeleteModel",
      "DeleteTags",
      "DescribeModel",
      "DescribeTransformJob",
      "ListModels",
      "ListTags",
      "ListTransformJobs",
      "StopTransformJob",
    ],
  },
  {
    title: "the SageMaker Python SDK 2",
    program: { packages: "sdk2", program: "sdk2_checks" },
    checks: [
      "a_transformer_waits_for_its_job",
      "a_transformer_shows_the_log_as_it_does_by_default",
      "a_transformer_filters_and_joins",
      "a_transformer_writes_below_the_default_bucket",
      "a_transformer_raises_what_a_job_fails_with",
      "a_transformer_stops_its_job_once_or_twice",
      "a_transformer_is_attached_to_a_job",
      "a_transformer_deletes_its_model",
    ],
    calls: [
      "CreateModel",
      "CreateTransformJob",
      "DeleteModel",
      "DescribeLogStreams",
      "DescribeTransformJob",
      "GetLogEvents",
      "ListModels",
      "StopTransformJob",
    ],
  },
  {
    title: "the SageMaker Python SDK 3",
    program: { packages: "sdk3", program: "sdk3_checks" },
    checks: [
      "a_transformer_waits_for_its_job",
      "a_transformer_shows_the_log_as_it_does_by_default",
      "a_transformer_filters_and_joins",
      "a_job_that_fails_raises_its_reason",
      "a_transformer_stops_its_job",
      "a_transformer_is_attached_to_a_job",
      "jobs_are_listed",
    ],
    calls: [
      "CreateModel",
      "CreateTransformJob",
      "DescribeLogStreams",
      "DescribeModel",
      "DescribeTransformJob",
      "GetLogEvents",
      "ListTransformJobs",
      "StopTransformJob",
    ],
  },
  {
    title: "the AWS SDK for Go v2",
    program: "go",
    checks: [
      "models_are_created_described_listed_and_deleted",
      "the_waiter_sees_a_job_complete",
      "the_waiter_fails_with_a_job_that_fails",
      "the_waiter_takes_a_stopped_job_for_a_success",
      "the_waiter_fails_at_once_with_a_job_that_is_not_there",
      "a_name_of_a_job_that_is_taken_is_a_modelled_exception",
      "jobs_are_listed_page_by_page",
      "tags_are_kept",
    ],
    calls: [
      "AddTags",
      "CreateModel",
      "CreateTransformJob",
      "DeleteModel",
      "DeleteTags",
      "DescribeModel",
      "DescribeTransformJob",
      "ListModels",
      "ListTags",
      "ListTransformJobs",
      "StopTransformJob",
    ],
  },
];

const runs = new Map<CheckProgram, CheckRun>();
// All at the same time, since clients spend theirs waiting between two looks at a job.
beforeAll(async () => {
  const run = async ({ program }: Client): Promise<void> => {
    runs.set(program, await runChecks(program));
  };
  await Promise.all(CLIENTS.map(run));
});

describe.each(CLIENTS)("$title", ({ program, checks, calls }) => {
  /** What was found, or the end of the test, with the reason in the report. */
  const found = (context: Pick<TestContext, "skip">): Exclude<CheckRun, { missing: string }> => {
    const run = runs.get(program) as CheckRun;
    return "missing" in run ? context.skip(`the client does not run here: ${run.missing}`) : run;
  };

  it.for(checks)("%s", (name, context) => {
    const { problems, output } = found(context);
    // A program that ends before its time has no result for it; what it said is the reason.
    expect(problems.has(name) ? problems.get(name) : output).toBeNull();
  });

  it("calls these operations and no other", (context) => {
    expect([...found(context).called].sort()).toEqual(calls);
  });

  it("was checked by nothing that is not named here", (context) => {
    expect([...found(context).problems.keys()]).toEqual(checks);
  });
});
