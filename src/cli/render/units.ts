/** `3,000,000`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 0 });
}

/** `1 row`, `2 rows`. */
export function formatAmount(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`;
}

/** Decimal units, as file sizes are stated in a job: MB = 10^6 bytes. */
export function formatBytes(bytes: number): string {
  const units = ["kB", "MB", "GB", "TB"];
  if (bytes < 1000) return formatAmount(bytes, "byte");
  let value = bytes;
  let unit = "";
  for (const next of units) {
    // 999,950 bytes would be shown as 1000.0 kB.
    if (value < 999.95) break;
    value /= 1000;
    unit = next;
  }
  return `${value.toFixed(1)} ${unit}`;
}

/** `0.42 s`, `16.4 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  return formatWholeSeconds(seconds);
}

/** The same without fractions, for estimates: `16 s`. */
export function formatWholeSeconds(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Null if the speed is unknown. */
export function formatRate(rows: number, seconds: number): string | null {
  if (rows <= 0 || seconds <= 0) return null;
  return `${formatCount(rows / seconds)} rows/s`;
}

/** `0.04 USD`, `< 0.01 USD`. */
export function formatUsd(usd: number): string {
  return usd > 0 && usd < 0.01 ? "< 0.01 USD" : `${usd.toFixed(2)} USD`;
}
