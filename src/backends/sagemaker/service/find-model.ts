import type {
  ContainerDefinition,
  CreateModelCommandInput,
  DescribeModelCommandOutput,
} from "@aws-sdk/client-sagemaker";
import { ScoreframeError } from "../../../core/errors/scoreframe-error.ts";
import type { ContainerChoice, ModelChoice } from "../sagemaker-options.ts";
import type { SagemakerService } from "./sagemaker-service.ts";

/** A model without its name and tags. */
export type MadeModel = Omit<CreateModelCommandInput, "ModelName" | "Tags">;

/** The model of a run: one that exists, or what is made for the run. */
export type FoundModel = { readonly description: string } & ({ readonly name: string } | { readonly made: MadeModel });

type Service = Pick<SagemakerService, "describeModel" | "region" | "endpoint">;

const MOST_NAME_CHARACTERS = 63;

/** A service other than AWS assumes no role, but its API requires one. */
const ROLE_OF_NO_ACCOUNT = "arn:aws:iam::000000000000:role/scoreframe";

/**
 * Finds the model that a job names. Models of SageMaker have no versions: with one, `<name>-<version>` is looked for first, then
 * `<name>-v<version>`, then `<name>`, with a warning. With an image, the model is run in that image: a copy of it is made for the run.
 */
export async function findModel(
  choice: ModelChoice,
  service: Service,
  signal: AbortSignal,
  warn: (message: string) => void,
): Promise<FoundModel> {
  const names = candidates(choice);
  for (const name of names) {
    const model = await describe(service, name, signal);
    if (model === null) continue;
    if (choice.version !== null && name === choice.name) warn(withoutVersion(choice.version, names, service.region));
    return chosen(name, model, choice.container);
  }
  if (choice.container === null) throw notFound(names, service.region);
  return made(choice.container, names, service);
}

function candidates({ name, version }: ModelChoice): string[] {
  if (name === null) return [];
  if (version === null) return [name];
  const suffix = version.replace(/[^a-zA-Z0-9]+/g, "-").replace(/^-|-$/g, "");
  const versioned = [`${name}-${suffix}`, `${name}-v${suffix}`];
  return [...versioned.filter((each) => each.length <= MOST_NAME_CHARACTERS), name];
}

/** Null if there is no model of that name. */
async function describe(
  service: Service,
  name: string,
  signal: AbortSignal,
): Promise<DescribeModelCommandOutput | null> {
  try {
    return await service.describeModel(name, signal);
  } catch (thrown) {
    if (ScoreframeError.is(thrown) && /could not find model/i.test(thrown.message)) return null;
    throw thrown;
  }
}

function chosen(name: string, model: DescribeModelCommandOutput, container: ContainerChoice | null): FoundModel {
  const first = model.PrimaryContainer ?? model.Containers?.[0];
  const image = first?.Image ?? "unknown image";
  if (container === null || (container.image === image && !changesMore(container))) {
    return { name, description: `model ${name} (${image})` };
  }
  if (first === undefined || (model.Containers?.length ?? 0) > 1) throw severalContainers(name);
  const description = `model ${name}, in the image ${container.image} in place of ${image}`;
  return { made: copied(model, first, container), description };
}

function changesMore({ modelDataUrl, executionRoleArn, environment, networkIsolation, vpc }: ContainerChoice): boolean {
  const given = [modelDataUrl, executionRoleArn, networkIsolation, vpc].some((value) => value !== null);
  return given || Object.keys(environment).length > 0;
}

/** The model with another image, and with the other options of the job. */
function copied(model: DescribeModelCommandOutput, first: ContainerDefinition, choice: ContainerChoice): MadeModel {
  const vpc = vpcOf(choice) ?? model.VpcConfig;
  const isolation = choice.networkIsolation ?? model.EnableNetworkIsolation;
  return {
    ExecutionRoleArn: choice.executionRoleArn ?? model.ExecutionRoleArn,
    PrimaryContainer: {
      ...first,
      Image: choice.image,
      Environment: { ...first.Environment, ...choice.environment },
      ...(choice.modelDataUrl === null ? {} : { ModelDataUrl: choice.modelDataUrl }),
    },
    ...(isolation === undefined ? {} : { EnableNetworkIsolation: isolation }),
    ...(vpc === undefined ? {} : { VpcConfig: vpc }),
  };
}

function made(container: ContainerChoice, names: readonly string[], service: Service): FoundModel {
  const role = container.executionRoleArn ?? (service.endpoint === null ? null : ROLE_OF_NO_ACCOUNT);
  if (role === null) throw noRole(names, service.region);
  const vpc = vpcOf(container);
  return {
    description: `image ${container.image}`,
    made: {
      ExecutionRoleArn: role,
      PrimaryContainer: {
        Image: container.image,
        Environment: container.environment,
        ...(container.modelDataUrl === null ? {} : { ModelDataUrl: container.modelDataUrl }),
      },
      EnableNetworkIsolation: container.networkIsolation ?? false,
      ...(vpc === undefined ? {} : { VpcConfig: vpc }),
    },
  };
}

function vpcOf({ vpc }: ContainerChoice): MadeModel["VpcConfig"] {
  return vpc === null ? undefined : { Subnets: [...vpc.subnets], SecurityGroupIds: [...vpc.securityGroups] };
}

function withoutVersion(version: string, names: readonly string[], region: string): string {
  const [bare, ...versioned] = names.toReversed();
  return (
    `There is no SageMaker model ${quoted(versioned.reverse())} in ${region}, so "${bare}" is used for version ${version}. ` +
    "Models of SageMaker have no versions: give a model such a name, or remove the version."
  );
}

function notFound(names: readonly string[], region: string): ScoreframeError {
  return new ScoreframeError(
    "BACKEND_OPTIONS_INVALID",
    `There is no SageMaker model ${quoted(names)} in ${region}. Correct backend.model_name or the region, or have one made with \`image\`.`,
    { backend: "sagemaker", option: "backend.model_name" },
  );
}

function noRole(names: readonly string[], region: string): ScoreframeError {
  return new ScoreframeError(
    "BACKEND_OPTIONS_INVALID",
    `There is no SageMaker model ${quoted(names)} in ${region}, and backend.execution_role_arn is missing to make one of the image. ` +
      "Create the model, or set the role that SageMaker takes to run the image.",
    { backend: "sagemaker", option: "backend.execution_role_arn" },
  );
}

function severalContainers(name: string): ScoreframeError {
  return new ScoreframeError(
    "BACKEND_OPTIONS_INVALID",
    `The SageMaker model "${name}" has several containers, so backend.image cannot replace one. Remove it, or name another model.`,
    { backend: "sagemaker", option: "backend.image" },
  );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(" or ");
}
