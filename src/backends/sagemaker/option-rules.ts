import { MOST_MB_IN_FLIGHT } from "./sagemaker-capabilities.ts";

// Rules over several options, or over the names and values in one. The limits are those of the service's API model (CreateTransformJob, CreateModel).

/** What is wrong, and with which option. The message continues a sentence that begins with the option's name. */
export type OptionComplaint = { readonly path: readonly string[]; readonly message: string };

/** The options that the rules read. */
type RuledOptions = {
  readonly model_name?: string | undefined;
  readonly version?: string | number | undefined;
  readonly instance_count?: number | undefined;
  readonly max_instance_count?: number | undefined;
  readonly image?: string | undefined;
  readonly execution_role_arn?: string | undefined;
  readonly model_environment?: Readonly<Record<string, string>> | undefined;
  readonly subnets?: readonly string[] | undefined;
  readonly security_group_ids?: readonly string[] | undefined;
  readonly max_payload_mb: number;
  readonly max_concurrent_transforms: number;
};

/** Options for making a model of an image; they have no effect without one. */
const IMAGE_OPTIONS = [
  "model_data_url",
  "execution_role_arn",
  "model_environment",
  "network_isolation",
  "subnets",
  "security_group_ids",
] as const;

const VARIABLE = /^[a-zA-Z_][a-zA-Z0-9_]{0,1023}$/;
const TAG = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
/** The most bytes of all variables of a container, names and values. */
const MOST_MODEL_VARIABLE_BYTES = 32_768;
/** AWS allows 50, of which one is ours. */
const MOST_TAGS = 49;

/** The first rule over several options that is broken, or null. */
export function optionsComplaint(options: RuledOptions): OptionComplaint | null {
  return modelComplaint(options) ?? countComplaint(options) ?? vpcComplaint(options) ?? payloadComplaint(options);
}

/** Environment variables: at most `most`, each value of at most `mostCharacters`. */
export function variablesComplaint(
  variables: Readonly<Record<string, string>>,
  most: number,
  mostCharacters: number,
): OptionComplaint | null {
  const names = Object.keys(variables);
  if (names.length > most) return { path: [], message: `has ${names.length} variables, and SageMaker takes ${most}.` };
  for (const [name, value] of Object.entries(variables)) {
    if (!VARIABLE.test(name)) return { path: [name], message: "is not a valid name of an environment variable." };
    if (value.length > mostCharacters) {
      return { path: [name], message: `has ${value.length} characters, and SageMaker takes ${mostCharacters}.` };
    }
  }
  return null;
}

export function tagsComplaint(tags: Readonly<Record<string, string>>): OptionComplaint | null {
  const count = Object.keys(tags).length;
  if (count > MOST_TAGS)
    return { path: [], message: `has ${count} tags; ${MOST_TAGS} fit in addition to those of scoreframe.` };
  for (const [name, value] of Object.entries(tags)) {
    const fits = name.length >= 1 && name.length <= 128 && value.length <= 256 && TAG.test(name) && TAG.test(value);
    if (fits && !/^aws:/i.test(name)) continue;
    const message =
      "is not a valid tag: up to 128 and 256 letters, digits, blanks and _ . : / = + - @, not beginning with aws:.";
    return { path: [name], message };
  }
  return null;
}

function modelComplaint(options: RuledOptions): OptionComplaint | null {
  const { model_name: name, image, execution_role_arn: role, model_environment: environment = {} } = options;
  if (image === undefined && name === undefined) {
    const message =
      "is missing: a model that exists in SageMaker, or `image` and `execution_role_arn` to have one made.";
    return { path: ["model_name"], message };
  }
  if (options.version !== undefined && name === undefined) {
    const message = "is the version of a model that exists in SageMaker: set `model_name`, too.";
    return { path: ["version"], message };
  }
  if (image === undefined) {
    const given: Readonly<Record<string, unknown>> = options;
    const surplus = IMAGE_OPTIONS.find((option) => given[option] !== undefined);
    const message = "is for a model that is made of an image: set `image`, or remove it.";
    return surplus === undefined ? null : { path: [surplus], message };
  }
  // The model of that name may have one.
  if (role === undefined && name === undefined)
    return { path: ["execution_role_arn"], message: "is missing: the role that SageMaker assumes to run the image." };
  const bytes = Buffer.byteLength(Object.entries(environment).flat().join(""));
  if (bytes <= MOST_MODEL_VARIABLE_BYTES) return null;
  const message = `has ${bytes} bytes, and SageMaker takes ${MOST_MODEL_VARIABLE_BYTES} of a container.`;
  return { path: ["model_environment"], message };
}

function countComplaint({ instance_count: exact, max_instance_count: most }: RuledOptions): OptionComplaint | null {
  if (exact === undefined || most === undefined) return null;
  const message = "cannot be set together with `instance_count`: remove one of them.";
  return { path: ["max_instance_count"], message };
}

function vpcComplaint({ subnets, security_group_ids: groups }: RuledOptions): OptionComplaint | null {
  if (subnets === undefined && groups === undefined) return null;
  if (subnets === undefined || subnets.length < 1 || subnets.length > 16)
    return { path: ["subnets"], message: "must be a list of 1 to 16 subnets." };
  return groups === undefined || groups.length < 1 || groups.length > 5
    ? { path: ["security_group_ids"], message: "must be a list of 1 to 5 security groups." }
    : null;
}

/** MaxConcurrentTransforms × MaxPayloadInMB. */
function payloadComplaint(options: RuledOptions): OptionComplaint | null {
  const { max_payload_mb: payload, max_concurrent_transforms: transforms } = options;
  const product = payload * transforms;
  if (product <= MOST_MB_IN_FLIGHT) return null;
  const message =
    `× backend.max_payload_mb is ${transforms} × ${payload} = ${product} MB, and SageMaker takes ${MOST_MB_IN_FLIGHT}. ` +
    `With max_payload_mb: ${payload}, at most ${Math.floor(MOST_MB_IN_FLIGHT / payload)} fit.`;
  return { path: ["max_concurrent_transforms"], message };
}
