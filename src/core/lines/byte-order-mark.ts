const MARK = Buffer.from("\uFEFF");

/** Bytes without the byte order mark of UTF-8 at their start. */
export function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === MARK[0] && bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;
}
