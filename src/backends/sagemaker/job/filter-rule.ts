/** The characters of a filter, as the service's own message lists them: `Unexpected "_" in JsonPath. Supported operators for "application/json" are …`. */
const CHARACTERS = /[a-zA-Z0-9$[\]*. ,:\-']/;
/** Rows of CSV have numbers for their columns, and no names. */
const CSV_CHARACTERS = /[0-9$[\]* ,:-]/;
const MOST_CHARACTERS = 63;
const SEVERAL_RANGES = /\[[^\]]*(?::[^\]]*,|,[^\]]*:)[^\]]*\]/;

/** Why SageMaker would reject a filter of DataProcessing, as the end of a sentence; null if it would not. */
export function filterComplaint(filter: string, contentType: string): string | null {
  if (filter.length > MOST_CHARACTERS) {
    return `has ${filter.length} characters, and SageMaker takes ${MOST_CHARACTERS}.`;
  }
  if (!filter.startsWith("$"))
    return "must begin with $, which is the whole record: $.predictions, $[0], $['id','score'].";
  const isCsv = contentType === "text/csv";
  const allowed = isCsv ? CSV_CHARACTERS : CHARACTERS;
  const stray = [...filter].find((character) => !allowed.test(character));
  if (stray !== undefined) {
    const fix = isCsv
      ? "Columns of CSV are chosen by number: $[0], $[1:3]."
      : "Give the key another name in the SQL or in the model's answer, or leave the filter out.";
    return `holds ${JSON.stringify(stray)}, which SageMaker takes in no filter${isCsv ? " of CSV" : ""}. ${fix}`;
  }
  if (SEVERAL_RANGES.test(filter)) return "has more than one range between brackets, and SageMaker takes one: $[1:5].";
  return null;
}
