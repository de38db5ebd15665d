import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import type { SagemakerCall } from "./bad-input/support/cloud.ts";
import { OF_AN_IMAGE, useCloud } from "./bad-input/support/cloud.ts";
import type { Right } from "./support/policy.ts";
import { allows, allowsS3, documentedPolicy } from "./support/policy.ts";
import type { S3Call } from "./support/recording-proxy.ts";

const PAGE = "docs/reference/backends/sagemaker.md";
const cloud = useCloud();

/** Service authorization reference of SageMaker: what a call needs. Tags that come with it need a right of their own. */
function rightsOf({ action, input }: SagemakerCall): Right[] {
  const kind = action.endsWith("Model") ? "model" : "transform-job";
  const name = String(input[kind === "model" ? "ModelName" : "TransformJobName"]).replace(/^numbers$/, "flight-delays");
  const resource = `arn:aws:sagemaker:us-east-1:123456789012:${kind}/${name}`;
  return [
    { action: `sagemaker:${action}`, resource },
    ...(input["Tags"] === undefined ? [] : [{ action: "sagemaker:AddTags", resource }]),
    ...(input["ExecutionRoleArn"] === undefined
      ? []
      : [{ action: "iam:PassRole", resource: String(input["ExecutionRoleArn"]) }]),
  ];
}

/** A price list that knows no prices. Resolves to what it was asked. */
async function priceList(): Promise<Right[]> {
  const asked: Right[] = [];
  const server = createServer((request, response) => {
    const [, operation = ""] = String(request.headers["x-amz-target"]).split(".");
    asked.push({ action: `pricing:${operation}`, resource: "*" });
    request.resume().on("end", () => response.end(JSON.stringify({ FormatVersion: "aws_v1", PriceList: [] })));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  cloud.env({ AWS_ENDPOINT_URL_PRICING: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return asked;
}

/** Runs that end in every way there is. */
async function runs(): Promise<void> {
  await cloud.succeeds();
  await cloud.succeeds("run", ...OF_AN_IMAGE);
  await cloud.succeeds("check");
  await cloud.succeeds("plan", "--set", "backend={kind: sagemaker, model_name: numbers}");
  await cloud.succeeds("runs");
  cloud.container(() => ({ status: 400, body: "no" }));
  await cloud.failure(1, "run");
  cloud.container(() => ({ status: 503, body: "later" }));
  await cloud.failure(4, "run", "--set", "backend.deadline_s=1");
}

it("the policies of the page allow what runs do, and nothing else", async () => {
  const prices = await priceList();
  await runs();
  const inPolicy = (call: S3Call): S3Call => ({ ...call, bucket: call.bucket === cloud.bucket ? "runs" : call.bucket });

  const caller = documentedPolicy(PAGE, "policy of the caller");
  const asked = [...cloud.calls.sagemaker.flatMap(rightsOf), ...prices];
  expect(asked.filter((right) => !caller.some((each) => allows(each, right)))).toEqual([]);
  const unused = caller.flatMap((each) =>
    [each.Action].flat().filter((Action) => !asked.some((right) => allows({ ...each, Action }, right))),
  );
  expect(unused).toEqual([]);

  const workspace = documentedPolicy("docs/guides/s3.md", "policy").filter(({ Sid }) => Sid.startsWith("Workspace"));
  const stored = cloud.calls.s3.map(inPolicy);
  expect(stored.filter((call) => !workspace.some((each) => allowsS3(each, call)))).toEqual([]);

  const role = documentedPolicy(PAGE, "policy of the execution role");
  const byRole = cloud.calls.role.map(inPolicy);
  expect(byRole.filter((call) => !role.some((each) => allowsS3(each, call)))).toEqual([]);
  for (const action of ["s3:GetObject", "s3:ListBucket", "s3:PutObject"]) {
    expect(byRole.map((call) => call.action)).toContain(action);
  }
});
