import { DuckDBInstance } from "@duckdb/node-api";

/**
 * A column of the nasty table. `values` are SQL expressions that cycle through the rows, in a period of their own for each column; a null is
 * added to them.
 */
export type NastyColumn = {
  readonly name: string;
  /** DuckDB's type. */
  readonly type: string;
  readonly values: readonly string[];
  /** Brings a source value to the type that the output has, where that is another one. */
  readonly kept?: (value: string) => string;
};

/** The key of a row: 0, 1, 2, … beyond 2^53, so that rounding it makes duplicates. */
export const NASTY_KEY = "row_id";
const FIRST_KEY = "9007199254740993";

const asText = (value: string): string => `${value}::VARCHAR`;
const asEntries = (value: string): string => `map_entries(${value})`;

/** Every type that a run keeps, with its extremes, each under a name that has caused trouble before. */
export const NASTY_COLUMNS: readonly NastyColumn[] = [
  { name: "lazy", type: "TINYINT", values: ["-128", "127", "0"] },
  { name: "height", type: "SMALLINT", values: ["-32768", "32767"] },
  { name: "*", type: "INTEGER", values: ["-2147483648", "2147483647", "0"] },
  {
    name: "^a.*$",
    type: "BIGINT",
    values: ["-9223372036854775808", "9223372036854775807", "9007199254740993", "-9007199254740993"],
  },
  { name: "batch_index", type: "UTINYINT", values: ["0", "255"] },
  { name: "select", type: "USMALLINT", values: ["0", "65535"] },
  { name: "from", type: "UINTEGER", values: ["0", "4294967295"] },
  { name: "index", type: "UBIGINT", values: ["0", "18446744073709551615", "9223372036854775808"] },
  {
    name: "c0",
    type: "FLOAT",
    values: ["'NaN'", "'Infinity'", "'-Infinity'", "'-0.0'", "0.1", "'1e-45'", "'3.4028235e38'", "16777217"],
  },
  {
    name: "c1",
    type: "DOUBLE",
    values: [
      "'NaN'",
      "'Infinity'",
      "'-Infinity'",
      "'-0.0'",
      "0",
      "'5e-324'",
      "'1.7976931348623157e308'",
      "'2.2250738585072014e-308'",
      "0.1",
      "'9007199254740993'",
    ],
  },
  { name: "two words", type: "BOOLEAN", values: ["true", "false"] },
  {
    name: 'say "hi"',
    type: "VARCHAR",
    values: [
      "''",
      "' '",
      "'null'",
      "'NaN'",
      "'0012'",
      "'2024-02-30'",
      "'a,b;c\td|e'",
      `'"quoted" and ''single'''`,
      "'back\\slash \\n \\u0041'",
      "'line' || chr(10) || 'feed' || chr(13) || chr(10) || 'end'",
      "'nul' || chr(0) || 'inside'",
      "chr(1) || chr(31) || chr(127)",
      "'a' || chr(8232) || 'b' || chr(8233) || chr(65279)",
      "'😀👨‍👩‍👧 Zoë ﬁ 漢字 עברית'",
      '\'{"error": "no error"}\'',
      // In two parts, because a job fills such places in its SQL.
      "'$' || '{HOME} {' || '{ ds }}'",
      "repeat('long 😀 ', 200)",
    ],
  },
  { name: "it's", type: "BLOB", values: ["''::BLOB", "'\\x00'::BLOB", "'\\xFF\\xFE\\x00abc'::BLOB", "'plain'::BLOB"] },
  {
    name: "naïve 😀",
    type: "DATE",
    values: ["'0001-01-01'", "'1582-10-14'", "'1969-12-31'", "'1970-01-01'", "'2024-02-29'", "'9999-12-31'"],
  },
  { name: "a.b", type: "TIME", values: ["'00:00:00'", "'23:59:59.999999'", "'12:34:56.7'"] },
  {
    name: "A.B.C",
    type: "TIMESTAMP",
    values: [
      "'0001-01-01'",
      "'1969-12-31 23:59:59.999999'",
      "'2024-02-29 12:34:56'",
      "'2024-02-29 12:34:56.789'",
      "'9999-12-31 23:59:59.999999'",
    ],
  },
  {
    name: "__proto__",
    type: "TIMESTAMP_S",
    values: ["'0001-01-01'", "'1969-12-31 23:59:59'", "'9999-12-31 23:59:59'"],
    kept: (value) => `${value}::TIMESTAMP`,
  },
  {
    name: "constructor",
    type: "TIMESTAMP_MS",
    values: ["'0001-01-01'", "'1969-12-31 23:59:59.999'", "'9999-12-31 23:59:59.999'"],
    kept: (value) => `${value}::TIMESTAMP`,
  },
  {
    name: "toString",
    type: "TIMESTAMP_NS",
    values: ["'1677-09-22 00:00:00.000000001'", "'1970-01-01 00:00:00.000000001'", "'2262-04-11 23:47:16.854775806'"],
  },
  {
    name: "then",
    type: "TIMESTAMPTZ",
    values: [
      "'0001-01-01 00:00:00+00'",
      "'2024-03-31 00:59:59.999999+00'",
      "'2024-10-27 02:30:00+02'",
      "'9999-12-31 23:59:59.999999+00'",
    ],
  },
  { name: "UPPER", type: "DECIMAL(4,1)", values: ["-999.9", "999.9", "0.0", "0.1"] },
  { name: "Ünïcödé", type: "DECIMAL(9,0)", values: ["-999999999", "999999999"] },
  { name: "prediction_", type: "DECIMAL(18,4)", values: ["-99999999999999.9999", "99999999999999.9999", "1.5000"] },
  {
    name: "value",
    type: "DECIMAL(38,0)",
    values: [
      "'99999999999999999999999999999999999999'",
      "'-99999999999999999999999999999999999999'",
      "9007199254740993",
    ],
  },
  { name: "line", type: "DECIMAL(38,10)", values: ["'9999999999999999999999999999.9999999999'", "'-0.0000000001'"] },
  {
    name: "text",
    type: "DECIMAL(38,38)",
    values: ["'0.99999999999999999999999999999999999999'", "'-0.00000000000000000000000000000000000001'"],
  },
  { name: "bytes", type: "INTEGER[]", values: ["[]", "[1, NULL, 3]", "[NULL]", "[-2147483648]"] },
  {
    name: "rows",
    type: "DOUBLE[]",
    values: ["[]", "['NaN'::DOUBLE, '-0.0'::DOUBLE, '5e-324'::DOUBLE, NULL, 'Infinity'::DOUBLE]", "[0.1]"],
  },
  { name: "number", type: "VARCHAR[][]", values: ["[]", "[[]]", "[NULL, ['', NULL, '😀', 'a\"b']]"] },
  {
    name: "failure",
    type: "DOUBLE[3]",
    values: ["[1, NULL, '-0.0'::DOUBLE]", "['NaN'::DOUBLE, 2, 3]"],
    kept: (value) => `${value}::DOUBLE[]`,
  },
  {
    name: "k0",
    type: 'STRUCT("a b" BIGINT, "*" VARCHAR, "lazy" DOUBLE)',
    values: [
      `{'a b': 9007199254740993, '*': '', 'lazy': '-0.0'::DOUBLE}`,
      `{'a b': NULL, '*': NULL, 'lazy': NULL}`,
      `{'a b': 1, '*': '"', 'lazy': 'NaN'::DOUBLE}`,
    ],
  },
  {
    name: "p0",
    type: "STRUCT(x BIGINT, y VARCHAR[])[]",
    values: [
      "[]",
      "[NULL]",
      "[{'x': 1, 'y': ['a', NULL]}, NULL, {'x': NULL, 'y': NULL}]",
      "[{'x': 9007199254740993, 'y': []}]",
    ],
  },
  {
    name: "filler",
    type: "STRUCT(d DECIMAL(38,2), b BLOB, t TIMESTAMPTZ, n STRUCT(u UBIGINT, e VARCHAR))",
    values: [
      "{'d': '-0.01', 'b': '\\xFF'::BLOB, 't': '2024-01-01 00:00:00+00', 'n': {'u': 18446744073709551615, 'e': ''}}",
      "{'d': NULL, 'b': NULL, 't': NULL, 'n': NULL}",
    ],
  },
  {
    name: "tab\there",
    type: "MAP(VARCHAR, BIGINT)",
    values: ["MAP {}", "MAP {'': 9007199254740993, 'k': NULL, '😀': -1}"],
    kept: asEntries,
  },
  {
    name: "line\nbreak",
    type: "MAP(BIGINT, STRUCT(v DOUBLE)[])",
    values: ["MAP {}", "MAP {1: [{'v': 'NaN'::DOUBLE}, NULL], 2: NULL}"],
    kept: asEntries,
  },
  {
    name: "back\\slash",
    type: "UUID",
    values: ["'00000000-0000-0000-0000-000000000000'", "'ffffffff-ffff-ffff-ffff-ffffffffffff'"],
    kept: asText,
  },
  { name: " leading", type: "ENUM('', 'low', 'Ünï 😀')", values: ["''", "'low'", "'Ünï 😀'"], kept: asText },
  { name: "trailing ", type: "JSON", values: [`'{"a": [1, null, 1e400]}'`, "'null'", "'\"\"'"], kept: asText },
  { name: " ", type: "BLOB[]", values: ["[]", "['\\x00\\xFF'::BLOB, NULL, ''::BLOB]"] },
  { name: "a/b=c%2F", type: "DATE[]", values: ["['1969-12-31'::DATE, NULL]"] },
  { name: "1", type: "STRUCT(t TIMESTAMP_NS[])", values: ["{'t': ['2262-04-11 23:47:16.854775806'::TIMESTAMP_NS]}"] },
  { name: "_error_", type: "VARCHAR", values: ["'same'"] },
  { name: "x".repeat(300), type: "INTEGER", values: [] },
];

/** The query whose rows the nasty table holds, in their order. */
export function nastySelect(rows = 1000, columns: readonly NastyColumn[] = NASTY_COLUMNS): string {
  const values = columns.map(({ name, type, values }) => {
    const all = [...values.map((value) => `CAST(${value} AS ${type})`), `CAST(NULL AS ${type})`];
    return `([${all.join(", ")}])[1 + (i % ${all.length})::INTEGER] AS ${quoted(name)}`;
  });
  return `SELECT i + ${FIRST_KEY} AS ${quoted(NASTY_KEY)}, ${values.join(", ")} FROM range(${rows}) r(i) ORDER BY i`;
}

/** Writes the nasty table as a Parquet file by DuckDB. Enums and JSON are text in Parquet, whole seconds are milliseconds. */
export async function writeNastyTable(path: string, rows = 1000, columns = NASTY_COLUMNS): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    // Its dictionaries take -0.0 for 0.0.
    const options = "FORMAT parquet, DICTIONARY_SIZE_LIMIT 0";
    await connection.run(`COPY (${nastySelect(rows, columns)}) TO ${literal(path)} (${options})`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/**
 * SQL that counts, column by column, the rows of `output` that are not those of the nasty table to the last bit: -0.0 is not 0.0, and NaN is NaN.
 * Columns that are equal in every row are left out, so the answer of a table that survived is no row. Both are SQL for a table.
 */
export function nastyDifferences(source: string, output: string, columns = NASTY_COLUMNS): string {
  const key = quoted(NASTY_KEY);
  const counts = columns.map(({ name, kept = (value) => value }) => {
    const [was, is] = [kept(`s.${quoted(name)}`), `o.${quoted(name)}`];
    // As text, too: for SQL 0.0 equals -0.0.
    const differ = `(${was} IS DISTINCT FROM ${is} OR ${was}::VARCHAR IS DISTINCT FROM ${is}::VARCHAR OR typeof(${was}) <> typeof(${is}))`;
    return `SELECT ${literal(name)} AS "column", count(*) FILTER (o.${key} IS NULL OR s.${key} IS NULL OR ${differ})::INTEGER AS rows,
      any_value(typeof(${was})) AS was, any_value(typeof(${is})) AS "is" FROM ${source} s FULL JOIN ${output} o ON s.${key} = o.${key}`;
  });
  return `SELECT * FROM (${counts.join(" UNION ALL ")}) WHERE rows > 0`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
