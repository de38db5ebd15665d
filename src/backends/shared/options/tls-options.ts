import { z } from "zod";

const file = z.string().min(1).optional();

/** Options of backends that connect to a server over the network. */
export const tlsOptions = {
  tls: z
    .strictObject({
      ca: file.describe(
        "PEM file of certificate authorities to trust in addition to those of Node.js, relative to the job file's folder.",
      ),
      cert: file.describe("PEM file of a client certificate, with the chain below it. Needs `tls.key`."),
      key: file.describe("PEM file of its private key, without a passphrase."),
    })
    .optional()
    .describe("Certificates of an `https://` URL."),
};

/** What is wrong with the options together; null if nothing is. */
export function tlsComplaint({
  url,
  tls = {},
}: {
  readonly url: string;
  readonly tls?: z.output<(typeof tlsOptions)["tls"]>;
}): { readonly path: string[]; readonly message: string } | null {
  const [given] = Object.entries(tls).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (given === undefined) return null;
  if (!/^https:/i.test(url))
    return { path: ["tls", given], message: "has no use with an http:// URL: remove it, or write https://." };
  if (tls.cert !== undefined && tls.key === undefined)
    return { path: ["tls", "key"], message: "is missing: a client certificate (`tls.cert`) needs its private key." };
  if (tls.key !== undefined && tls.cert === undefined)
    return { path: ["tls", "cert"], message: "is missing: a private key (`tls.key`) needs its client certificate." };
  return null;
}
