/** Files that writers leave beside the data (`_SUCCESS`, `.crc`, `_temporary/`) are no part of the table; the folder of a partition (`_day=1`) is. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || (name.startsWith("_") && !name.includes("="));
}
