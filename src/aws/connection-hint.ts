import process from "node:process";
import type { ConnectionSettings } from "../core/errors/connection-problem.ts";
import { connectionProblem } from "../core/errors/connection-problem.ts";
import type { GivenEndpoint } from "./aws-act.ts";
import type { Fault } from "./fault.ts";
import { endpointFromEnvironment } from "./service-client.ts";

const SERVICES: Readonly<Record<string, string>> = { s3: "S3", sagemaker: "SageMaker" };

const SETTINGS: ConnectionSettings = {
  address: "the endpoint",
  authority: "NODE_EXTRA_CA_CERTS",
  clientCertificate: null,
};

/** `service`: `s3`, as IAM writes it. */
export function wrongServer(service: string, { status }: Fault, given?: GivenEndpoint): string {
  const page = status === undefined ? "" : ` (its answer has the status ${status} and is a page)`;
  return `what answered is not ${nameOf(service)}${page}. ${endpointHint(service, given)}`;
}

/** Why there was no response, and what to check. */
export function unreachable(service: string, fault: Fault, given?: GivenEndpoint): string {
  const said = `${fault.code} ${fault.message}`;
  const hint = endpointHint(service, given);
  if (/ENOTFOUND|EAI_AGAIN/.test(said)) {
    const region =
      endpointOf(service, given) === null
        ? " Is it a region of AWS? It comes from AWS_REGION, the profile or the job file."
        : "";
    return `there is no such address (${fault.message}).${region} ${hint}`;
  }
  if (/Invalid URL/.test(said)) return `the address is not a valid URL. ${hint}`;
  const problem = connectionProblem(fault, SETTINGS);
  if (problem !== null) return `${problem.what}. ${problem.fix}. ${hint}`;
  return `no answer, or only half of one (${withoutPackage(fault.message)}). ${hint}`;
}

function endpointHint(service: string, given: GivenEndpoint | undefined): string {
  const endpoint = endpointOf(service, given);
  if (endpoint !== null)
    return `Check ${endpoint.name}, which is ${endpoint.origin}, and that ${nameOf(service)} answers there.`;
  const { HTTPS_PROXY, https_proxy } = process.env;
  const proxy = HTTPS_PROXY || https_proxy;
  return proxy
    ? `Check the network and the proxy, which is ${originOf(proxy)} (HTTPS_PROXY).`
    : "Check the network; if a proxy is needed, set HTTPS_PROXY.";
}

function endpointOf(service: string, given: GivenEndpoint | undefined): { name: string; origin: string } | null {
  if (given !== undefined) return { name: given.option, origin: originOf(given.url) };
  const address = endpointFromEnvironment(service.toUpperCase());
  if (address === null) return null;
  const own = `AWS_ENDPOINT_URL_${service.toUpperCase()}`;
  return { name: process.env[own] ? own : "AWS_ENDPOINT_URL", origin: originOf(address) };
}

/** Without a name and password that it may have. */
function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : "no address";
}

function nameOf(service: string): string {
  return SERVICES[service] ?? service;
}

/** The name of the SDK's package means nothing to a user. */
function withoutPackage(message: string): string {
  return message.replace(/^@smithy\/[\w-]+ - /, "").replace(/\.$/, "");
}
