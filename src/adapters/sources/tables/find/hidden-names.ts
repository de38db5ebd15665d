/** Files that writers leave next to the data (`_SUCCESS`, `.crc`, `_temporary/`) are not part of the table; the folder of a partition (`_day=1`) is. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || (name.startsWith("_") && !name.includes("="));
}
