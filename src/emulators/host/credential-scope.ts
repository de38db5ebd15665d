import { ServiceError } from "./service-error.ts";

/** What a signature states; the signature itself is not checked, because the emulator does not know the secret. */
export type CredentialScope = { readonly accessKeyId: string; readonly region: string; readonly service: string };

const SCOPE = /^AWS4-HMAC-SHA256 .*Credential=([^/\s]+)\/\d{8}\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/** Reads the `Authorization` header of a request signed with Signature Version 4. */
export function readCredentialScope(authorization: string | undefined, services: readonly string[]): CredentialScope {
  if (authorization === undefined) {
    throw new ServiceError("MissingAuthenticationTokenException", "Missing Authentication Token");
  }
  const [, accessKeyId = "", region = "", service = ""] = SCOPE.exec(authorization) ?? [];
  if (service === "") {
    const message = "Authorization header requires 'Credential' parameter. It has to be an AWS4-HMAC-SHA256 signature.";
    throw new ServiceError("IncompleteSignatureException", message);
  }
  if (!services.includes(service)) {
    const message = `Credential should be scoped to correct service: '${services.join("' or '")}'.`;
    throw new ServiceError("InvalidSignatureException", message);
  }
  return { accessKeyId, region, service };
}
