/** `ds=2024-05-01 requests.batch_size=500`: the values of `--set` on one line, cut to `width` characters. */
export function setText(set: Readonly<Record<string, string>>, width = Number.POSITIVE_INFINITY): string {
  const text = Object.entries(set)
    .map(([key, value]) => `${key}=${/^[^\s'"]+$/.test(value) ? value : JSON.stringify(value)}`)
    .join(" ");
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
