import {
  AddTagsCommand,
  CreateEndpointCommand,
  CreateModelCommand,
  CreateTransformJobCommand,
  DeleteModelCommand,
  DeleteTagsCommand,
  DescribeModelCommand,
  DescribeTransformJobCommand,
  ListModelsCommand,
  ListTagsCommand,
  ListTransformJobsCommand,
  paginateListTransformJobs,
  SageMakerClient,
  waitUntilTransformJobCompletedOrStopped,
} from "@aws-sdk/client-sagemaker";
import { beforeEach, describe, expect, it } from "vitest";
import type { ContainerServer } from "./support/container-server.ts";
import { startContainer } from "./support/container-server.ts";
import type { JobChanges, SagemakerLab } from "./support/sagemaker-lab.ts";
import { sagemakerLab } from "./support/sagemaker-lab.ts";

const ROLE = "arn:aws:iam::000000000000:role/scoring";
const ARN = "arn:aws:sagemaker:us-east-1:000000000000";

let lab: SagemakerLab;
let container: ContainerServer;
beforeEach(async (context) => {
  lab = await sagemakerLab(context);
  container = await startContainer();
  await lab.put("in/a", "1\n");
});

const errorWith = (message: string | RegExp, name = "ValidationException") => ({
  name,
  message: typeof message === "string" ? message : expect.stringMatching(message),
});

describe("models", () => {
  it("are described as they were created, with their ARN", async () => {
    const input = {
      ModelName: "Flights-1",
      ExecutionRoleArn: ROLE,
      PrimaryContainer: {
        Image: "any-image:1",
        Environment: { MODEL_SERVER_URL: container.url },
        ModelDataUrl: "s3://models/flights.tar.gz",
      },
      VpcConfig: { Subnets: ["subnet-1"], SecurityGroupIds: ["sg-1"] },
    };
    const { ModelArn } = await lab.client.send(new CreateModelCommand({ ...input, Tags: [{ Key: "a", Value: "b" }] }));
    expect(ModelArn).toBe(`${ARN}:model/flights-1`);
    const { $metadata, ...found } = await lab.client.send(new DescribeModelCommand({ ModelName: "Flights-1" }));
    expect(found).toEqual({ ...input, ModelArn, CreationTime: expect.any(Date), EnableNetworkIsolation: false });
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("have a name that is taken until they are deleted", async () => {
    await lab.createModel(container.url, "m");
    await expect(lab.createModel(container.url, "m")).rejects.toMatchObject(
      errorWith(`Cannot create already existing model "${ARN}:model/m".`),
    );
    await lab.client.send(new DeleteModelCommand({ ModelName: "m" }));
    const missing = errorWith(`Could not find model "${ARN}:model/m".`);
    await expect(lab.client.send(new DescribeModelCommand({ ModelName: "m" }))).rejects.toMatchObject(missing);
    await expect(lab.client.send(new DeleteModelCommand({ ModelName: "m" }))).rejects.toMatchObject(missing);
    await lab.createModel(container.url, "m");
  });

  it("are listed newest first, page by page, by a part of their names", async () => {
    for (const name of ["a-1", "b-1", "b-2", "b-3"]) {
      await lab.createModel(container.url, name);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const names = async (query: object) => {
      const { Models = [], NextToken } = await lab.client.send(new ListModelsCommand(query));
      return [Models.map(({ ModelName }) => ModelName), NextToken !== undefined];
    };
    expect(await names({})).toEqual([["b-3", "b-2", "b-1", "a-1"], false]);
    expect(await names({ NameContains: "B", MaxResults: 2 })).toEqual([["b-3", "b-2"], true]);
    expect(await names({ SortBy: "Name", SortOrder: "Ascending" })).toEqual([["a-1", "b-1", "b-2", "b-3"], false]);
    expect(await names({ CreationTimeAfter: new Date(Date.now() + 1000) })).toEqual([[], false]);
  });

  const image = { Image: "unknown:1" };
  const known = { Image: "any:1", Environment: { MODEL_SERVER_URL: "http://127.0.0.1:1" } };
  it.for([
    [
      "a server at no address",
      { PrimaryContainer: { Image: "any:1", Environment: { MODEL_SERVER_URL: "localhost:8080" } } },
      /MODEL_SERVER_URL 'localhost:8080' is no address such as/,
    ],
    ["an image that nothing serves", { PrimaryContainer: image }, /^Requested image unknown:1 not found/],
    ["no container", {}, /PrimaryContainer or Containers/],
    ["a container twice", { PrimaryContainer: known, Containers: [known] }, /one of the two/],
    ["no role", { PrimaryContainer: known, ExecutionRoleArn: undefined }, /ExecutionRoleArn/],
    ["no image", { PrimaryContainer: {} }, /needs an Image/],
    [
      "an environment of more than 32 KB",
      { PrimaryContainer: { ...known, Environment: { ...known.Environment, ...bigEnvironment() } } },
      /32768/,
    ],
  ] as const)("are rejected with %s", async ([_name, changes, message]) => {
    const input = { ModelName: "m", ExecutionRoleArn: ROLE, ...changes };
    await expect(lab.client.send(new CreateModelCommand(input as never))).rejects.toMatchObject(errorWith(message));
  });

  it.for([
    ["Containers", { Containers: [known, known] }],
    ["MultiModel", { PrimaryContainer: { ...known, Mode: "MultiModel" } }],
    ["modelDataSource", { PrimaryContainer: { ...known, ModelDataSource: {} } }],
    ["modelPackageName", { PrimaryContainer: { ModelPackageName: "p" } }],
    ["inferenceExecutionConfig", { PrimaryContainer: known, InferenceExecutionConfig: { Mode: "Serial" } }],
  ] as const)("are rejected by name if the emulator cannot run them: %s", async ([name, changes]) => {
    const input = { ModelName: "m", ExecutionRoleArn: ROLE, ...changes };
    await expect(lab.client.send(new CreateModelCommand(input as never))).rejects.toMatchObject(
      errorWith(new RegExp(`does not do this: .*${name}`, "i"), "NotEmulated"),
    );
  });
});

describe("a request that breaks constraints", () => {
  it("names all of them, in the service's words", async () => {
    const input = { ModelName: `${"x".repeat(63)}_`, PrimaryContainer: { Image: "a b" } };
    await expect(lab.client.send(new CreateModelCommand(input))).rejects.toMatchObject(
      errorWith(
        `3 validation errors detected: Value '${input.ModelName}' at 'modelName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]([\\-a-zA-Z0-9]*[a-zA-Z0-9])?; Value '${input.ModelName}' at 'modelName' failed to satisfy constraint: Member must have length less than or equal to 63; Value 'a b' at 'primaryContainer.image' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\S]+`,
      ),
    );
  });

  it("names what is missing", async () => {
    const job = { TransformJobName: "j", ModelName: "m", TransformInput: {}, TransformOutput: {} };
    await expect(lab.client.send(new CreateTransformJobCommand(job as never))).rejects.toMatchObject(
      errorWith(
        "3 validation errors detected: Value null at 'transformInput.dataSource' failed to satisfy constraint: Member must not be null; Value null at 'transformOutput.s3OutputPath' failed to satisfy constraint: Member must not be null; Value null at 'transformResources' failed to satisfy constraint: Member must not be null",
      ),
    );
  });

  const CASES: readonly [string, JobChanges, RegExp][] = [
    ["a name with an underscore", { TransformJobName: "a_b" }, /'a_b' at 'transformJobName' .* pattern/],
    ["a name that ends with a hyphen", { TransformJobName: "a-" }, /'transformJobName'/],
    ["a name of 64 letters", { TransformJobName: "a".repeat(64) }, /less than or equal to 63/],
    [
      "an unknown instance type",
      { TransformResources: { InstanceType: "ml.c5.large" as never, InstanceCount: 1 } },
      /'ml.c5.large' .* enum value set: \[ml\./,
    ],
    [
      "no instance",
      { TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 0 } },
      /'0' at 'transformResources.instanceCount' .* greater than or equal to 1/,
    ],
    [
      "101 instances",
      { TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 101 } },
      /less than or equal to 100/,
    ],
    ["101 MB", { MaxPayloadInMB: 101 }, /'101' at 'maxPayloadInMB'/],
    ["more than 100 MB at once", { MaxPayloadInMB: 60, MaxConcurrentTransforms: 2 }, /60 = 120/],
    ["more than 100 MB at once by the default of 6 MB", { MaxConcurrentTransforms: 17 }, /17 \* 6 = 102/],
    ["an hour and a second", { ModelClientConfig: { InvocationsTimeoutInSeconds: 3601 } }, /3600/],
    ["four retries", { ModelClientConfig: { InvocationsMaxRetries: 4 } }, /less than or equal to 3/],
    ["another strategy", { BatchStrategy: "Both" as never }, /enum value set: \[MultiRecord, SingleRecord\]/],
    [
      "17 variables",
      { Environment: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`V${index}`, "x"])) },
      /length less than or equal to 16/,
    ],
    ["a variable that begins with a digit", { Environment: { "1A": "x" } }, /environment.1A.key/],
    ["no address", { output: { S3OutputPath: "/tmp" } }, /'\/tmp' at 'transformOutput.s3OutputPath'/],
    [
      "51 tags",
      { Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "v" })) },
      /'tags' .* less than or equal to 50/,
    ],
    [
      "a type of data that is for something else",
      { input: { DataSource: { S3DataSource: { S3DataType: "AugmentedManifestFile", S3Uri: "s3://a/b" } } } },
      /S3Prefix or ManifestFile/,
    ],
  ];
  it.for(CASES)("is rejected: %s", async ([_name, changes, message]) => {
    await lab.createModel(container.url);
    await expect(lab.createJob(changes)).rejects.toMatchObject(errorWith(message));
  });

  it("is rejected if a value has the wrong type", async () => {
    await lab.createModel(container.url);
    const changes = { MaxPayloadInMB: "6" as never };
    await expect(lab.createJob(changes)).rejects.toMatchObject(
      errorWith("STRING_VALUE can not be converted to an Integer", "SerializationException"),
    );
  });
});

describe("what the service does and the emulator does not", () => {
  const CASES: readonly [string, JobChanges][] = [
    ["dataCaptureConfig", { DataCaptureConfig: { DestinationS3Uri: "s3://a/b" } }],
    ["experimentConfig", { ExperimentConfig: { ExperimentName: "e" } }],
    ["transformOutput.kmsKeyId", { output: { KmsKeyId: "key" } }],
    ["RecordIO", { input: { SplitType: "RecordIO" } }],
    ["TFRecord", { input: { SplitType: "TFRecord" } }],
    ["https://", { uri: "https://bucket.s3.amazonaws.com/in/" }],
  ];
  it.for(CASES)("is rejected by its name: %s", async ([name, changes]) => {
    await lab.createModel(container.url);
    await expect(lab.createJob(changes)).rejects.toMatchObject(
      errorWith(new RegExp(`does not do this: .*${name}`), "NotEmulated"),
    );
  });

  it("is rejected, also a whole operation", async () => {
    const command = new CreateEndpointCommand({ EndpointName: "e", EndpointConfigName: "c" });
    await expect(lab.client.send(command)).rejects.toMatchObject(
      errorWith(/SageMaker\.CreateEndpoint\. The operations are CreateModel, /, "NotEmulated"),
    );
  });

  it("is rejected, also a member that is newer than the emulator", async () => {
    const response = await send("DescribeTransformJob", { TransformJobName: "j", Shiny: true });
    expect(await response.json()).toEqual({
      __type: "ValidationException",
      message: "The emulator knows no member 'Shiny' of the request: TransformJobName",
    });
  });
});

describe("transform jobs", () => {
  it("are described as they were created", async () => {
    await lab.createModel(container.url);
    const changes: JobChanges = {
      MaxConcurrentTransforms: 2,
      MaxPayloadInMB: 1,
      BatchStrategy: "SingleRecord",
      ModelClientConfig: { InvocationsMaxRetries: 1, InvocationsTimeoutInSeconds: 60 },
      Environment: { A: "b" },
      DataProcessing: { JoinSource: "Input" },
      input: { ContentType: "text/csv" },
      output: { Accept: "text/csv" },
    };
    const job = await lab.run(changes);
    const { input, output, ...rest } = changes;
    expect(job).toMatchObject({
      ...rest,
      TransformJobArn: `${ARN}:transform-job/job-1`,
      TransformInput: { ...input, DataSource: { S3DataSource: { S3DataType: "S3Prefix" } } },
      TransformOutput: { ...output, AssembleWith: "Line" },
      TransformResources: { InstanceType: "ml.m5.large", InstanceCount: 1 },
    });
    expect(job).not.toHaveProperty("Tags");
  });

  it("have a name that is taken forever", async () => {
    await lab.createModel(container.url);
    await lab.run({ TransformJobName: "once" });
    await expect(lab.createJob({ TransformJobName: "once" })).rejects.toMatchObject(
      errorWith(
        `Transform job names must be unique within an AWS account and region, and a transform job with this name already exists (${ARN}:transform-job/once)`,
        "ResourceInUse",
      ),
    );
  });

  it("of two requests at the same moment are one", async () => {
    await lab.createModel(container.url);
    const jobs = await Promise.allSettled([1, 2, 3].map(() => lab.createJob({ TransformJobName: "once" })));
    expect(jobs.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected", "rejected"]);
    await lab.finish("once");
    expect(container.invocations).toHaveLength(1);
  });

  it("need a model", async () => {
    await expect(lab.createJob()).rejects.toMatchObject(errorWith(`Could not find model "${ARN}:model/model".`));
  });

  it("go on when their model is deleted", async () => {
    await lab.createModel(container.url);
    const name = await lab.createJob();
    await lab.client.send(new DeleteModelCommand({ ModelName: "model" }));
    expect(await lab.finish(name)).toMatchObject({ TransformJobStatus: "Completed" });
  });

  it("that are not there are a ValidationException, not the ResourceNotFound of the API model", async () => {
    await expect(lab.describe("nope")).rejects.toMatchObject(
      errorWith(`Could not find transform job "${ARN}:transform-job/nope".`),
    );
  });

  it("are waited for by the SDK's own waiter", async () => {
    await lab.createModel(container.url);
    const waiting = { client: lab.client, maxWaitTime: 20, minDelay: 1, maxDelay: 1 };
    const wait = (TransformJobName: string) => waitUntilTransformJobCompletedOrStopped(waiting, { TransformJobName });
    await expect(wait(await lab.createJob())).resolves.toMatchObject({ state: "SUCCESS" });
    await lab.put("in/b", "1\n");
    container.invocations.length = 0;
    await lab.client.send(new DeleteModelCommand({ ModelName: "model" }));
    const failing = await startContainer({ invoke: () => ({ status: 400 }) });
    await lab.createModel(failing.url);
    await expect(wait(await lab.createJob())).rejects.toThrow(/FAILURE/);
    await expect(wait("nope")).rejects.toThrow();
  });

  it("are listed newest first, with what a summary has", async () => {
    await lab.createModel(container.url);
    await lab.run({ TransformJobName: "a", Tags: [{ Key: "k", Value: "v" }] });
    await lab.run({ TransformJobName: "b" });
    const { TransformJobSummaries = [] } = await lab.client.send(new ListTransformJobsCommand({}));
    expect(TransformJobSummaries.map(({ TransformJobName }) => TransformJobName)).toEqual(["b", "a"]);
    expect(TransformJobSummaries[1]).toEqual({
      TransformJobName: "a",
      TransformJobArn: `${ARN}:transform-job/a`,
      TransformJobStatus: "Completed",
      CreationTime: expect.any(Date),
      TransformEndTime: expect.any(Date),
      LastModifiedTime: expect.any(Date),
    });
  });

  it("are listed in any order", async () => {
    await lab.createModel(container.url);
    const nowhere = { output: { S3OutputPath: "s3://no-such-bucket/out" } };
    for (const name of ["b", "c", "a"]) await lab.run({ TransformJobName: name, ...(name === "a" ? nowhere : {}) });
    const listed = async (query: object): Promise<string> => {
      const { TransformJobSummaries = [] } = await lab.client.send(new ListTransformJobsCommand(query));
      return TransformJobSummaries.map(({ TransformJobName }) => TransformJobName).join("");
    };
    expect(await listed({})).toBe("acb");
    expect(await listed({ SortOrder: "Ascending" })).toBe("bca");
    expect(await listed({ SortBy: "Name" })).toBe("cba");
    expect(await listed({ SortBy: "Name", SortOrder: "Ascending" })).toBe("abc");
    expect(await listed({ SortBy: "Status", SortOrder: "Ascending" })).toBe("bca");
  });

  it("are listed by status, name and time, ten to a page", async () => {
    await lab.createModel(container.url);
    for (let index = 10; index < 22; index += 1) await lab.createJob({ TransformJobName: `job-${index}` });
    await Promise.all(Array.from({ length: 12 }, (_, index) => lab.finish(`job-${index + 10}`)));
    const first = await lab.client.send(new ListTransformJobsCommand({}));
    expect(first.TransformJobSummaries).toHaveLength(10);
    const names: (string | undefined)[] = [];
    const query = { SortBy: "Name", SortOrder: "Ascending", MaxResults: 5 } as const;
    for await (const page of paginateListTransformJobs({ client: lab.client }, query)) {
      names.push(...(page.TransformJobSummaries ?? []).map(({ TransformJobName }) => TransformJobName));
    }
    expect(names).toEqual(Array.from({ length: 12 }, (_, index) => `job-${index + 10}`));
    const failed = await lab.client.send(new ListTransformJobsCommand({ StatusEquals: "Failed" }));
    expect(failed.TransformJobSummaries).toEqual([]);
    const future = { LastModifiedTimeAfter: new Date(Date.now() + 60_000) };
    expect((await lab.client.send(new ListTransformJobsCommand(future))).TransformJobSummaries).toEqual([]);
  });

  it.for([
    [{ MaxResults: 101 }, /less than or equal to 100/],
    [{ NextToken: "made-up" }, /NextToken/],
    [{ StatusEquals: "Done" }, /enum value set: \[Completed, Failed, InProgress, Stopped, Stopping\]/],
  ] as const)("are not listed by %o", async ([query, message]) => {
    const asked = lab.client.send(new ListTransformJobsCommand(query as never));
    await expect(asked).rejects.toMatchObject(errorWith(message));
  });
});

describe("tags", () => {
  it("are given at creation, added, replaced and taken away", async () => {
    await lab.createModel(container.url);
    await lab.run({ Tags: [{ Key: "a", Value: "1" }] });
    const ResourceArn = `${ARN}:transform-job/job-1`;
    const Tags = [
      { Key: "a", Value: "2" },
      { Key: "b", Value: "3" },
    ];
    expect((await lab.client.send(new AddTagsCommand({ ResourceArn, Tags }))).Tags).toEqual(Tags);
    await lab.client.send(new DeleteTagsCommand({ ResourceArn, TagKeys: ["a"] }));
    expect((await lab.client.send(new ListTagsCommand({ ResourceArn }))).Tags).toEqual([{ Key: "b", Value: "3" }]);
  });

  it("are at most 50, those that are there already among them", async () => {
    await lab.createModel(container.url);
    const ResourceArn = `${ARN}:model/model`;
    const tags = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => ({ Key: `k${from + index}`, Value: "v" }));
    await lab.client.send(new AddTagsCommand({ ResourceArn, Tags: tags(0, 40) }));
    await expect(lab.client.send(new AddTagsCommand({ ResourceArn, Tags: tags(39, 51) }))).rejects.toMatchObject(
      errorWith(/at most 50 tags; this one would have 51/),
    );
    const { Tags } = await lab.client.send(new AddTagsCommand({ ResourceArn, Tags: tags(30, 50) }));
    expect(Tags).toHaveLength(50);
  });

  it("belong to something that is there", async () => {
    const ResourceArn = `${ARN}:model/nope`;
    await expect(lab.client.send(new ListTagsCommand({ ResourceArn }))).rejects.toMatchObject(errorWith(/nope/));
  });
});

describe("names", () => {
  it("are taken in whichever capitals, since an ARN has none", async () => {
    await lab.createModel(container.url, "Model");
    await expect(lab.createModel(container.url, "mODEL")).rejects.toMatchObject(
      errorWith(`Cannot create already existing model "${ARN}:model/model".`),
    );
    await lab.createJob({ TransformJobName: "Job", ModelName: "Model" });
    await expect(lab.createJob({ TransformJobName: "job", ModelName: "Model" })).rejects.toMatchObject({
      name: "ResourceInUse",
    });
    await expect(lab.describe("job")).rejects.toMatchObject(errorWith(/Could not find transform job/));
  });
});

describe("regions", () => {
  it.for([
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
  ] as const)("have the ARNs of their partition: %s", async ([region, partition]) => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new SageMakerClient({ endpoint: lab.emulator.url, region, credentials });
    const PrimaryContainer = { Image: "any:1", Environment: { MODEL_SERVER_URL: container.url } };
    const model = { ModelName: "m", ExecutionRoleArn: ROLE, PrimaryContainer };
    const { ModelArn } = await client.send(new CreateModelCommand(model));
    expect(ModelArn).toBe(`arn:${partition}:sagemaker:${region}:000000000000:model/m`);
  });

  it("know nothing of each other", async () => {
    await lab.createModel(container.url);
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const other = new SageMakerClient({ endpoint: lab.emulator.url, region: "eu-west-1", credentials });
    expect((await other.send(new ListModelsCommand({}))).Models).toEqual([]);
    await expect(other.send(new DescribeTransformJobCommand({ TransformJobName: "x" }))).rejects.toThrow(
      "arn:aws:sagemaker:eu-west-1:000000000000:transform-job/x",
    );
  });
});

describe("a request that is no call of the API", () => {
  it.for([
    ["without a signature", { authorization: "" }, 400, "MissingAuthenticationTokenException"],
    ["with another signature", { authorization: "Bearer x" }, 400, "IncompleteSignatureException"],
    [
      "signed for another service",
      { authorization: "AWS4-HMAC-SHA256 Credential=a/20240501/us-east-1/s3/aws4_request, SignedHeaders=host" },
      400,
      "InvalidSignatureException",
    ],
    ["of another service", { "x-amz-target": "DynamoDB_20120810.ListTables" }, 404, "UnknownOperationException"],
    ["without a target", { "x-amz-target": "" }, 404, "UnknownOperationException"],
  ] as const)("is rejected: %s", async ([_name, headers, status, type]) => {
    const response = await send("ListModels", {}, headers);
    expect(response.status).toBe(status);
    expect(response.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(await response.json()).toMatchObject({ __type: type });
  });

  it.for([
    ["that is not JSON", "{"],
    ["that is null", "null"],
    ["that is a list", "[]"],
    ["with a time as a text", '{"CreationTimeAfter":"2024-05-01T00:00:00Z"}'],
    ["with a number as a text", '{"MaxResults":"10"}'],
    ["with a part of a number", '{"MaxResults":1.5}'],
    ["with a time that no clock has", '{"CreationTimeAfter":1e20}'],
  ] as const)("is rejected with a body %s", async ([_name, body]) => {
    const response = await send("ListModels", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: "SerializationException" });
  });

  it("may have null for a member that it leaves out", async () => {
    const response = await send("ListModels", '{"MaxResults":null,"NextToken":null}');
    expect(await response.json()).toEqual({ Models: [] });
  });
});

function send(operation: string, body: object | string, headers: Record<string, string> = {}): Promise<Response> {
  const scope = "AWS4-HMAC-SHA256 Credential=test/20240501/us-east-1/sagemaker/aws4_request, SignedHeaders=host";
  const sent = {
    "x-amz-target": `SageMaker.${operation}`,
    "content-type": "application/x-amz-json-1.1",
    authorization: scope,
    ...headers,
  };
  const given = Object.entries(sent).filter(([, value]) => value !== "");
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return fetch(lab.emulator.url, { method: "POST", body: text, headers: Object.fromEntries(given) });
}

function bigEnvironment(): Record<string, string> {
  return Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`V${index}`, "x".repeat(1000)]));
}
