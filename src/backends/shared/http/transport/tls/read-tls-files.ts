import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { messageOf, ScoreframeError } from "../../../../../core/errors/scoreframe-error.ts";
import type { TlsMaterial } from "./tls-material.ts";

/** Paths of PEM files, as a job names them. */
export type TlsFiles = { readonly [name in keyof TlsMaterial]?: string | undefined };

const CERTIFICATE =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/**
 * Reads the PEM files of a job and validates them before anything is sent. Throws BACKEND_OPTIONS_INVALID, which names the option, the file and
 * what to do, and never shows the content.
 */
export async function readTlsFiles(backend: string, files: TlsFiles, baseDirectory: string): Promise<TlsMaterial> {
  const read = async (name: keyof TlsFiles): Promise<string | undefined> => {
    const given = files[name];
    if (given === undefined) return undefined;
    const path = resolve(baseDirectory, given);
    const text = await readFile(path, "latin1").catch((thrown: unknown) => {
      throw invalid(backend, name, `names ${path}, which cannot be read: ${reasonOf(thrown)}. Correct the path.`);
    });
    const complaint = name === "key" ? keyComplaint(text) : certificateComplaint(text);
    if (complaint !== null) throw invalid(backend, name, `names ${path}, which ${complaint}`);
    return text;
  };
  const [ca, cert, key] = [await read("ca"), await read("cert"), await read("key")];
  if (cert !== undefined && key !== undefined && !new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw invalid(
      backend,
      "key",
      "is not the key of the first certificate in `tls.cert`. Name the two that belong together.",
    );
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

/** A complaint that continues "which"; null if the file is valid. */
function certificateComplaint(text: string): string | null {
  const blocks = text.match(CERTIFICATE) ?? [];
  if (blocks.length === 0) {
    const form = "a text with -----BEGIN CERTIFICATE-----";
    if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return `holds a private key and no certificate. Name ${form}.`;
    const convert = "Convert a binary one with `openssl x509 -inform der -in <file> -out <file>.pem`.";
    return `holds no certificate in PEM: expected ${form}. ${convert}`;
  }
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch {
      return `is damaged: its certificate ${index + 1} of ${blocks.length} cannot be read. Get the file again from who issued it.`;
    }
  }
  return null;
}

function keyComplaint(text: string): string | null {
  if (!/-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(text))
    return "holds no private key in PEM: expected a text with -----BEGIN PRIVATE KEY-----.";
  if (/BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,ENCRYPTED/.test(text))
    return "is encrypted. Write it without a passphrase, with `openssl pkey -in <file> -out <file>`, readable by you alone.";
  try {
    createPrivateKey(text);
    return null;
  } catch {
    return "is damaged: its private key cannot be read. Get the file again from who issued it.";
  }
}

function reasonOf(thrown: unknown): string {
  const code = typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
  if (code === "ENOENT") return "there is no such file";
  if (code === "EISDIR") return "it is a folder";
  return code === "EACCES" ? "permission is denied" : messageOf(thrown);
}

function invalid(backend: string, name: string, complaint: string): ScoreframeError {
  const option = `backend.tls.${name}`;
  return new ScoreframeError("BACKEND_OPTIONS_INVALID", `${option} ${complaint}`, { backend, option });
}
