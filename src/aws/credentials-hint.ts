import process from "node:process";
import { profileFiles, readProfiles } from "./profiles.ts";

const WAYS =
  "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE after `aws configure` or `aws sso login`, or run where a role is attached.";

/** Why there are no credentials, and what to do. `profile`: what the job file names; the environment's counts otherwise. */
export function noCredentials(profile: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const name = profile ?? env["AWS_PROFILE"];
  if (!name) return `there are no credentials. ${WAYS}`;
  const profiles = readProfiles(env);
  const settings = profiles.get(name);
  const option = profile === undefined ? "AWS_PROFILE" : "backend.profile";
  if (settings === undefined) {
    const known = profiles.size === 0 ? "They have none." : `They have: ${[...profiles.keys()].join(", ")}.`;
    return `there is no profile "${name}" in ${profileFiles(env).join(" or ")}. ${known} Correct ${option}, or make it with \`aws configure --profile ${name}\`.`;
  }
  return `the profile "${name}" gives no credentials: ${whyNot(name, settings)}.`;
}

export function expiredSignOn(profile: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const name = profile ?? env["AWS_PROFILE"];
  const [of, flag] = name ? [` of the profile "${name}"`, ` --profile ${name}`] : ["", ""];
  return `the single sign-on${of} has expired, or was never made. Run \`aws sso login${flag}\`, then run again.`;
}

/** Whose credentials were rejected, in words that follow "the credentials". */
export function credentialsOf(profile: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const name = profile ?? env["AWS_PROFILE"];
  if (name) return ` of the profile "${name}"`;
  return env["AWS_ACCESS_KEY_ID"] ? " of AWS_ACCESS_KEY_ID" : "";
}

/** A token of the environment is not renewed during a run, even if it is renewed outside. */
export function renewal(profile: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const fixed = !(profile ?? env["AWS_PROFILE"]) && env["AWS_SESSION_TOKEN"];
  return fixed
    ? " A run cannot renew AWS_SESSION_TOKEN; those of single sign-on or of a role are renewed while it goes on."
    : "";
}

function whyNot(name: string, settings: ReadonlySet<string>): string {
  if (settings.has("credential_process")) return "run its credential_process by hand to see why";
  if (settings.has("role_arn")) {
    return `see that its source_profile or credential_source has some; \`aws sts get-caller-identity --profile ${name}\` tries it`;
  }
  if (settings.has("aws_access_key_id")) return "it has a key without its secret";
  return `it has neither keys nor single sign-on, a role or a process. Run \`aws configure --profile ${name}\``;
}
