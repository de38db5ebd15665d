import type { KeyObject } from "node:crypto";
import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isIP } from "node:net";

/** A certificate and its private key, both in PEM. */
export type Certificate = { readonly cert: string; readonly key: string };

export type Authority = Certificate & {
  /** A certificate of a server: for the names and addresses given. */
  server(hosts: readonly string[], days?: { readonly from: number; readonly to: number }): Certificate;
  /** A certificate of a client. */
  client(name: string): Certificate;
};

const DAY_MS = 86_400_000;

/** A certificate authority of the test's own, as a company has one: X.509 (RFC 5280) with keys of P-256. */
export function createAuthority(name = "Test Authority"): Authority {
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const extensions = [extension("2.5.29.19", sequence(boolean(true)), true)];
  const cert = certificate({ subject: name, issuer: name, keys, signer: keys.privateKey, extensions });
  const issue = (subject: string, own: readonly Buffer[], days?: { readonly from: number; readonly to: number }) => {
    const pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const text = certificate({ subject, issuer: name, keys: pair, signer: keys.privateKey, extensions: own, ...days });
    return { cert: text, key: keyText(pair.privateKey) };
  };
  return {
    cert,
    key: keyText(keys.privateKey),
    server: (hosts, days) => issue(hosts[0] ?? "", [extension("2.5.29.17", sequence(...hosts.map(generalName)))], days),
    client: (subject) => issue(subject, []),
  };
}

type Contents = {
  readonly subject: string;
  readonly issuer: string;
  readonly keys: { readonly publicKey: KeyObject };
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
  /** Days from now. */
  readonly from?: number;
  readonly to?: number;
};

function certificate({ subject, issuer, keys, signer, extensions, from = -1, to = 30 }: Contents): string {
  const ecdsaWithSha256 = sequence(identifier("1.2.840.10045.4.3.2"));
  const body = sequence(
    tagged(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    distinguishedName(issuer),
    sequence(time(from), time(to)),
    distinguishedName(subject),
    keys.publicKey.export({ type: "spki", format: "der" }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  );
  const signature = Buffer.concat([Buffer.from([0]), sign("sha256", body, signer)]);
  const text = sequence(body, ecdsaWithSha256, der(0x03, signature)).toString("base64").replaceAll(/.{64}/g, "$&\n");
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function keyText(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}

function distinguishedName(commonName: string): Buffer {
  return sequence(der(0x31, sequence(identifier("2.5.4.3"), der(0x0c, Buffer.from(commonName)))));
}

/** A name of the subject: of DNS, or an IPv4 address. */
function generalName(host: string): Buffer {
  return isIP(host) === 4 ? der(0x87, Buffer.from(host.split(".").map(Number))) : der(0x82, Buffer.from(host));
}

function extension(id: string, value: Buffer, isCritical = false): Buffer {
  return sequence(identifier(id), ...(isCritical ? [boolean(true)] : []), der(0x04, value));
}

function time(days: number): Buffer {
  const text = new Date(Date.now() + days * DAY_MS).toISOString().replaceAll(/[-:T]|\..*/g, "");
  return der(0x18, Buffer.from(`${text}Z`));
}

function identifier(id: string): Buffer {
  const [first = 0, second = 0, ...others] = id.split(".").map(Number);
  const base128 = (value: number): number[] =>
    value < 128 ? [value] : [...base128(value >> 7).map((byte) => byte | 0x80), value & 0x7f];
  return der(0x06, Buffer.from([first * 40 + second, ...others.flatMap(base128)]));
}

function boolean(value: boolean): Buffer {
  return der(0x01, Buffer.from([value ? 0xff : 0]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  return der(tag, content);
}

/** Distinguished encoding: a tag, the length, the content. */
function der(tag: number, content: Buffer): Buffer {
  const length = content.length;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}
