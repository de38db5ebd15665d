import { describe, expect, it } from "vitest";
import { describeBadInput } from "../../integration/bad-input/support/describe-bad-input.ts";
import type { Intervention } from "../support/sagemaker-proxy.ts";
import { HTML, jsonError, notAuthorized, S3_ERRORS, sagemakerSays } from "./support/aws-says.ts";
import { doubled, IMAGE, OF_AN_IMAGE, ROLE, useCloud } from "./support/cloud.ts";

const cloud = useCloud();
const AT = "arn:aws:sagemaker:us-east-1:123456789012";

/** IAM forbids an action, with the resource as SageMaker writes it. */
const forbid = (action: string, resource: string, call = action): void =>
  cloud.sagemaker(
    sagemakerSays(
      "AccessDeniedException",
      notAuthorized(action.includes(":") ? action : `sagemaker:${action}`, resource),
      call,
    ),
  );

/** SageMaker ends the job with this reason, and without an answer. */
const fail = (reason: string): void => {
  cloud.container(() => ({ status: 400, body: "no" }));
  cloud.sagemaker(async (action, _count, { input }) => {
    if (action !== "DescribeTransformJob") return "pass";
    const body = JSON.stringify({
      TransformJobName: input["TransformJobName"],
      ModelName: "numbers",
      TransformJobStatus: "Failed",
      FailureReason: reason,
    });
    return { status: 200, body };
  });
};

describeBadInput(
  "SageMaker",
  () => [cloud.folder, cloud.bucket],
  (row) => {
    row("the model does not exist in the region", () =>
      cloud.failure(2, "run", "--set", "backend.model_name=numbres", "--set", "backend.region=us-east-1"),
    );

    row("the workspace is a folder", () => cloud.failure(2, "run", "--workspace", "runs"));

    row("the instance type is misspelt", () => cloud.failure(2, "run", "--set", "backend.instance_type=ml.m5.larg"));

    row("the image does not exist", () => {
      cloud.sagemaker(sagemakerSays("ValidationException", `Requested image ${IMAGE} not found.`, "CreateModel"));
      return cloud.failure(2, "run", ...OF_AN_IMAGE);
    });

    row("the image is not in ECR", () => {
      const words = 'Using non-ECR image "docker.io/numbers:1" without Vpc repository access mode is not supported.';
      cloud.sagemaker(sagemakerSays("ValidationException", words, "CreateModel"));
      return cloud.failure(2, "run", ...OF_AN_IMAGE);
    });

    row("the model's data does not exist", () => {
      const words =
        `Could not access model data at s3://models/numbers.tar.gz. Please ensure that the role "${ROLE}" exists and that its trust relationship policy allows ` +
        'the action "sts:AssumeRole" for the service principal "sagemaker.amazonaws.com". Also ensure that the role has "s3:GetObject" permissions and that the ' +
        "object is located in us-east-1.";
      cloud.sagemaker(sagemakerSays("ValidationException", words, "CreateModel"));
      return cloud.failure(2, "run", ...OF_AN_IMAGE);
    });

    row("SageMaker may not take the model's role", () => {
      const words = `Could not assume role ${ROLE}. Please ensure that the role exists and allows principal 'sagemaker.amazonaws.com' to assume the role.`;
      cloud.sagemaker(sagemakerSays("ValidationException", words, "CreateTransformJob"));
      return cloud.failure(2);
    });

    row("SageMaker finds no request files", () => {
      const words =
        `No S3 objects found under S3 URL "${cloud.workspace}/" given in input data source. Please ensure that the bucket exists in the selected region (us-east-1), ` +
        `that objects exist under that S3 prefix, and that the role "${ROLE}" has "s3:ListBucket" permissions on bucket "${cloud.bucket}".`;
      cloud.sagemaker(sagemakerSays("ValidationException", words, "CreateTransformJob"));
      return cloud.failure(2);
    });

    row("a model may not be described", () => {
      forbid("DescribeModel", `${AT}:model/numbers`);
      return cloud.failure(2);
    });

    row("a model may not be described, to `check`", () => {
      forbid("DescribeModel", `${AT}:model/numbers`);
      return cloud.failure(1, "check");
    });

    row("a model may not be made", () => {
      forbid("CreateModel", `${AT}:model/scoreframe-x`);
      return cloud.failure(2, "run", ...OF_AN_IMAGE);
    });

    row("the role may not be passed", () => {
      forbid("iam:PassRole", ROLE, "CreateModel");
      return cloud.failure(2, "run", ...OF_AN_IMAGE);
    });

    row("a job may not be submitted", () => {
      forbid("CreateTransformJob", `${AT}:transform-job/scoreframe-x`);
      return cloud.failure(2);
    });

    row("a job may not be tagged", () => {
      forbid("AddTags", `${AT}:transform-job/scoreframe-x`, "CreateTransformJob");
      return cloud.failure(2);
    });

    row("a job may not be looked at", async () => {
      forbid("DescribeTransformJob", `${AT}:transform-job/scoreframe-x`);
      const failure = await cloud.failure(2);
      expect(cloud.calls.sagemaker.map(({ action }) => action)).toContain("StopTransformJob");
      return failure;
    });

    row("a job may not be looked at, nor stopped", () => {
      cloud.sagemaker((action) =>
        ["DescribeTransformJob", "StopTransformJob"].includes(action)
          ? jsonError("AccessDeniedException", notAuthorized(`sagemaker:${action}`, `${AT}:transform-job/scoreframe-x`))
          : "pass",
      );
      return cloud.failure(2);
    });

    row("the account may have no such instance", async () => {
      const words =
        "The account-level service limit 'ml.c5.xlarge for transform job usage' is 0 Instances, with current utilization of 0 Instances and a request delta of 1 Instances. " +
        "Please use AWS Service Quotas to request an increase for this quota. If AWS Service Quotas is not available, contact AWS support to request an increase for this quota.";
      cloud.sagemaker(sagemakerSays("ResourceLimitExceeded", words, "CreateTransformJob"));
      const failure = await cloud.failure(1);
      // Asking again would not help, and is not done.
      expect(cloud.calls.sagemaker.filter(({ action }) => action === "CreateTransformJob")).toHaveLength(1);
      return failure;
    });

    row("all instances that the account may have are in use", () => {
      const words =
        "The account-level service limit 'ml.c5.xlarge for transform job usage' is 8 Instances, with current utilization of 7 Instances and a request delta of 2 Instances. " +
        "Please contact AWS support to request an increase for this limit.";
      cloud.sagemaker(sagemakerSays("ResourceLimitExceeded", words, "CreateTransformJob"));
      return cloud.failure(1, "run", "--set", "backend.instance_count=2");
    });

    row("SageMaker throttles", () => {
      cloud.sagemaker(sagemakerSays("ThrottlingException", "Rate exceeded", "CreateTransformJob"));
      return cloud.failure(1);
    });

    row("SageMaker is out of service", () => {
      cloud.sagemaker(() => jsonError("ServiceUnavailable", "Service is unavailable", 503));
      return cloud.failure(1);
    });

    row("nothing listens at SageMaker's endpoint", () => {
      cloud.env({ AWS_ENDPOINT_URL_SAGEMAKER: "http://127.0.0.1:1" });
      return cloud.failure(1);
    });

    row("a page answers where SageMaker should", () => {
      cloud.sagemaker(() => ({ status: 200, ...HTML }));
      return cloud.failure(1);
    });

    row("there are no machines of that kind", () => {
      fail(
        "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
      );
      return cloud.failure(1);
    });

    row("the model's role may not read the requests", () => {
      fail("ClientError: Data download failed: AccessDenied (403): Access Denied");
      return cloud.failure(1);
    });

    row("the container never answers `/ping`", () => {
      fail("AlgorithmError: Model container failed to respond to ping");
      return cloud.failure(1);
    });

    row("the container takes no request so large", () => {
      cloud.container(() => ({ status: 413, body: "Request Entity Too Large" }));
      return cloud.failure(1);
    });

    row("the container rejects a record of one file", () => {
      cloud.container((body) =>
        body.includes('{"n":12}') ? { status: 400, body: "12 is out of range" } : doubled(body),
      );
      return cloud.failure(1);
    });

    row("a row is larger than a request may be", () =>
      cloud.failure(
        1,
        "run",
        "--set",
        "source.sql=select case n when 3 then repeat('x', 1100000) else 'x' end as n from range(5) t(n)",
        "--set",
        "requests.file_size_mb=5",
        "--set",
        "backend.max_payload_mb=1",
      ),
    );

    row("a request file is removed before the job reads it", () => {
      cloud.sagemaker(async (action): Promise<Intervention> => {
        if (action === "CreateTransformJob") await removeFirst("requests/");
        return "pass";
      });
      return cloud.failure(1);
    });

    row("an answer is removed before it is fetched", () => {
      let gone = false;
      cloud.s3(({ action, key }) => {
        gone ||= action === "s3:GetObject" && key.includes("shard-00000") && key.endsWith(".out");
        return gone && key.includes("shard-00000") && key.endsWith(".out") ? S3_ERRORS.noSuchKey : null;
      });
      return cloud.failure(1);
    });
  },
);

async function removeFirst(folder: string): Promise<void> {
  for await (const { key } of cloud.store.list("scoring/runs/")) {
    if (key.includes(`/${folder}`)) return cloud.store.remove([key]);
  }
  throw new Error(`there is nothing in ${folder}`);
}

async function firstRun(): Promise<string> {
  for await (const id of cloud.store.folders("scoring/runs/")) return id;
  throw new Error("there is no run");
}

describe("SageMaker", () => {
  it("is asked again if it throttles, in every call", async () => {
    const seen = new Set<string>();
    cloud.sagemaker((action) => {
      if (seen.has(action)) return "pass";
      seen.add(action);
      return jsonError("ThrottlingException", "Rate exceeded");
    });
    await cloud.succeeds("run", ...OF_AN_IMAGE);
    expect([...seen].sort()).toEqual(["CreateModel", "CreateTransformJob", "DeleteModel", "DescribeTransformJob"]);
  });

  it("may have answers of other jobs in addition to its own", async () => {
    cloud.sagemaker(async (action, count): Promise<Intervention> => {
      if (action === "DescribeTransformJob" && count === 1) {
        const run = await firstRun();
        for (const name of ["shard-00000-0000000000000000.jsonl.out", "theirs.jsonl.out", "_SUCCESS"]) {
          await cloud.store.writeText(`scoring/runs/${run}/responses/${name}`, "not an answer\n");
        }
      }
      return "pass";
    });
    expect((await cloud.succeeds()).report).toMatchObject({ ledger: { input: 20, scored: 20 } });
  });
});
