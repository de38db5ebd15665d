import { isUtf8 } from "node:buffer";
import { createReadStream, createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { pipeline as pipelineDone } from "node:stream/promises";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { messageOf } from "../../../../../core/errors/scoreframe-error.ts";

export type Compression = "none" | "gzip" | "zstd";

/** A file of a table: where it is, and where its UTF-8 text is. */
export type CsvFile = { readonly path: string; readonly text: string; readonly compression: Compression };

const CHUNK_BYTES = 1 << 20;

/** How a file is packed and encoded, as far as its first bytes show. Its name is ignored. */
export type CsvPacking = { readonly compression: Compression; readonly encoding: string | undefined };

/** Throws for what is no text at all. */
export async function packingOf(path: string, fault: (reason: string) => Error): Promise<CsvPacking> {
  const start = await firstBytes(path);
  const compression = compressionOf(start, fault);
  if (compression === "none") return { compression, encoding: markedEncoding(start) };
  for await (const chunk of rawBytes(path, compression, fault)) return { compression, encoding: markedEncoding(chunk) };
  return { compression, encoding: undefined };
}

function compressionOf(start: Buffer, fault: (reason: string) => Error): Compression {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, index) => start[index] === byte);
  if (begins(0x1f, 0x8b)) return "gzip";
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return "zstd";
  if (begins(0x50, 0x4b, 3, 4)) throw fault("it is a ZIP archive (or an Excel file). Unpack it, or save it as CSV");
  if (begins(0x42, 0x5a, 0x68)) throw fault("it is compressed by bzip2. Unpack it, or compress it by gzip or zstd");
  if (begins(0xfd, 0x37, 0x7a, 0x58, 0x5a))
    throw fault("it is compressed by xz. Unpack it, or compress it by gzip or zstd");
  if (begins(0x50, 0x41, 0x52, 0x31)) throw fault("it is a Parquet file. Give the table `format: parquet`");
  return "none";
}

/** The encoding that a byte order mark shows. */
function markedEncoding(start: Buffer): string | undefined {
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  return undefined;
}

/** The bytes of a file of UTF-8 without its byte order mark. Each chunk is known to be text. */
export async function* utf8Bytes(
  path: string,
  compression: Compression,
  fault: (reason: string) => Error,
): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const raw of rawBytes(path, compression, fault)) {
    const joined = rest.length === 0 ? raw : Buffer.concat([rest, raw]);
    const cut = joined.length - unfinishedBytes(joined);
    rest = joined.subarray(cut);
    const chunk = joined.subarray(0, cut);
    if (!isText(chunk)) throw await notText(chunk, offset);
    const marked = offset === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
    offset += chunk.length;
    yield marked ? chunk.subarray(3) : chunk;
  }
  if (rest.length > 0) throw await notText(rest, offset);

  async function notText(chunk: Buffer, before: number): Promise<Error> {
    const { bad, nul } = firstBadByte(chunk);
    const line = await lineAt(path, compression, before + bad);
    if (nul) {
      return fault(
        `line ${line} has a NUL byte, which no text has. Write the file again without it, or declare its encoding (encoding: utf-16) for the table`,
      );
    }
    return fault(
      `line ${line} is not UTF-8. Write the file again as UTF-8, or declare its encoding for the table, such as encoding: windows-1252`,
    );
  }
}

function isText(chunk: Buffer): boolean {
  return isUtf8(chunk) && !chunk.includes(0);
}

function firstBadByte(chunk: Buffer): { bad: number; nul: boolean } {
  let start = 0;
  while (start < chunk.length) {
    const found = chunk.indexOf(10, start);
    const end = found < 0 ? chunk.length : found + 1;
    const line = chunk.subarray(start, end);
    if (!isText(line)) return { bad: start, nul: line.includes(0) };
    start = end;
  }
  return { bad: 0, nul: false };
}

async function lineAt(path: string, compression: Compression, offset: number): Promise<number> {
  let line = 1;
  let left = offset;
  for await (const chunk of rawBytes(path, compression)) {
    for (let i = chunk.indexOf(10); i >= 0 && i < left; i = chunk.indexOf(10, i + 1)) line++;
    left -= chunk.length;
    if (left <= 0) break;
  }
  return line;
}

/** How many bytes at the end are the beginning of a character. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

/** Writes a file of another encoding as UTF-8. Throws what `fault` makes of bytes that the encoding does not have. */
export async function writeAsUtf8(
  path: string,
  compression: Compression,
  encoding: string,
  target: string,
  fault: (reason: string) => Error,
): Promise<void> {
  const decoder = decoderOf(encoding, fault);
  let line = 1;
  async function* decoded(): AsyncGenerator<string> {
    for await (const chunk of rawBytes(path, compression, fault)) {
      const text = decode(chunk);
      for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) line++;
      yield text;
    }
    yield decode();
  }
  function decode(chunk?: Buffer): string {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (cause) {
      if (!(cause instanceof TypeError)) throw cause;
      throw fault(`line ${line} or one of those after it is not ${encoding}. Correct \`encoding\`, or the file`);
    }
  }
  await pipelineDone(decoded, createWriteStream(target, { mode: 0o600 }));
}

function decoderOf(encoding: string, fault: (reason: string) => Error): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch {
    throw fault(
      `the encoding "${encoding}" is unknown. Write a label of the WHATWG standard, such as utf-8, utf-16, windows-1252 or shift_jis`,
    );
  }
}

/** The decompressed bytes. */
async function* rawBytes(
  path: string,
  compression: Compression,
  fault: (reason: string) => Error = (reason) => new Error(reason),
): AsyncGenerator<Buffer> {
  if (compression === "none") {
    yield* fileBytes(path);
    return;
  }
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  const options = { chunkSize: (await stat(path)).size < CHUNK_BYTES / 16 ? CHUNK_BYTES / 16 : CHUNK_BYTES };
  const unpacked = compression === "gzip" ? createGunzip(options) : createZstdDecompress(options);
  pipeline(file, unpacked, () => undefined);
  try {
    yield* unpacked as AsyncIterable<Buffer>;
  } catch (error) {
    throw fault(`its ${compression} compression is damaged or cut off (${messageOf(error)}). Write it again`);
  } finally {
    unpacked.destroy();
  }
}

/** Buffers are no larger than the file: there may be many small ones. */
async function* fileBytes(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path);
  const { size } = await file.stat();
  for (let left = size; left > 0; ) {
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(Math.min(left, CHUNK_BYTES)));
    if (bytesRead === 0) return;
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function firstBytes(path: string): Promise<Buffer> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
  return buffer.subarray(0, bytesRead);
}
