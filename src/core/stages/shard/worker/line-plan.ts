/** How rows, given by the bytes of their encoded text, are laid out in request lines and files. Pure arithmetic, exact to the byte. */
export type LineLimits = {
  /** Most rows in a line. */
  readonly batchSize: number;
  /** Most bytes of a line of several rows; absent for no such limit. */
  readonly softLineBytes?: number;
  /** Most bytes of a line without its line feed, envelope included. */
  readonly maxLineBytes: number;
  /** Most bytes of a file, line feeds included. */
  readonly maxFileBytes: number;
  /** Bytes of the text before and after the rows of a line. */
  readonly envelopeBytes: number;
  /** Bytes between two rows of a line. */
  readonly separatorBytes: number;
  /** How often a line contains the number of its rows, in digits. */
  readonly countMarks: number;
};

export type Line = { readonly rows: number; readonly bytes: number };

/** Bytes of the largest row that still fits into a line, and that line into a file. */
export function largestRowBytes(limits: LineLimits): number {
  return Math.min(limits.maxLineBytes, limits.maxFileBytes - 1) - lineBytes(limits, 1, 0);
}

/** Bytes of a line of `rows` rows, whose texts have `bytes` bytes together; the line feed is not counted. */
function lineBytes(limits: LineLimits, rows: number, bytes: number): number {
  const { envelopeBytes, separatorBytes, countMarks } = limits;
  const digits = countMarks === 0 ? 0 : countMarks * String(rows).length;
  return envelopeBytes + bytes + (rows - 1) * separatorBytes + digits;
}

/**
 * Fills lines greedily in the order of the rows; every row must fit (`largestRowBytes`). `keys`: those of the rows, if predictions are paired by them;
 * rows that share one go into different lines.
 */
export function planLines(
  rowBytes: Iterable<number>,
  limits: LineLimits,
  keys: readonly (string | null)[] | null = null,
): Line[] {
  const most = Math.min(limits.softLineBytes ?? Number.POSITIVE_INFINITY, limits.maxLineBytes, limits.maxFileBytes - 1);
  const lines: Line[] = [];
  let rows = 0;
  let bytes = 0;
  let row = 0;
  const inLine = new Set<string | null>();
  for (const size of rowBytes) {
    const key = keys?.[row];
    const isFull = rows === limits.batchSize || lineBytes(limits, rows + 1, bytes + size) > most;
    if (rows > 0 && (isFull || (key !== undefined && inLine.has(key)))) {
      lines.push({ rows, bytes: lineBytes(limits, rows, bytes) });
      rows = 0;
      bytes = 0;
      inLine.clear();
    }
    if (key !== undefined) inLine.add(key);
    row += 1;
    rows += 1;
    bytes += size;
  }
  if (rows > 0) lines.push({ rows, bytes: lineBytes(limits, rows, bytes) });
  return lines;
}

/** Cuts lines into as few files as hold them, of about equal size, so that no crumb of a file is left over. */
export function planFiles(lines: readonly Line[], maxFileBytes: number): Line[][] {
  const total = lines.reduce((sum, line) => sum + line.bytes + 1, 0);
  const target = Math.ceil(total / Math.max(1, Math.ceil(total / maxFileBytes)));
  const files: Line[][] = [];
  let file: Line[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = line.bytes + 1;
    const full = bytes + size > maxFileBytes || bytes >= target;
    if (file.length > 0 && full) {
      files.push(file);
      file = [];
      bytes = 0;
    }
    file.push(line);
    bytes += size;
  }
  if (file.length > 0) files.push(file);
  return files;
}
