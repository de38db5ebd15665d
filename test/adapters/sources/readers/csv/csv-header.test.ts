import { expect, test } from "vitest";
import { useCsvBench } from "./csv-bench.ts";

const csv = useCsvBench();

async function namesOf(content: string | readonly string[], sql?: string): Promise<readonly string[]> {
  return (await csv.read(content, {}, sql)).names;
}

test.each([
  ["numbers below names", "id,name\n1,Ann\n2,Bob\n", ["id", "name"]],
  ["dates below names", "day,city\n2024-05-01,Wien\n", ["day", "city"]],
  ["years above numbers", "country,2019,2020\nDE,1,2\nAT,3,4\n", ["country", "2019", "2020"]],
  [
    "a table of the World Bank",
    '"Country Name","Country Code","1960","1961",\n"Aruba","ABW","54211","55438",\n"Angola","AGO","5","",\n"Chad","TCD","7","8",\n',
    ["Country Name", "Country Code", "1960", "1961", "column4"],
  ],
  ["days above numbers", "product,2024-05-01,2024-05-02\nA,5,6\nB,7,8\n", ["product", "2024-05-01", "2024-05-02"]],
  ["R's names of rows", '"","x","y"\n"1",5,"a"\n"2",6,"b"\n', ["column0", "x", "y"]],
  ["pandas' index", ",x,y\n0,5,a\n1,6,b\n", ["column0", "x", "y"]],
  ["pandas' frame without names", ",0,1,2\n0,5.1,3.5,1.4\n1,4.9,3.0,1.4\n", ["column0", "0", "1", "2"]],
  ["texts with capitals", "first,last\nAnn,Lee\nBob,Ray\n", ["first", "last"]],
  ["mail addresses", "contact\na@x.org\nb@y.org\n", ["contact"]],
  ["texts of one length", "land,x\nDEU,a\nAUT,b\nCHE,c\n", ["land", "x"]],
  ["names with underscores", "first_word,other\nhello,apple\nbye,pear\n", ["first_word", "other"]],
  ["a usual name", "text,label\nhello,pos\nbye,neg\n", ["text", "label"]],
  ["texts in quotes", 'word,meaning\n"hello","a"\n"bye","b"\n', ["word", "meaning"]],
  ["missing values", "a,b\nNA,1\n,2\n", ["a", "b"]],
  ["blanks around names", 'id, name ," x"\n1,2,3\n', ["id", "name", " x"]],
])("the first line is the header if its cells show it: %s", async (_, content, names) => {
  expect(await namesOf(content)).toEqual(names);
});

test.each([
  ["measures", "5.1,3.5,1.4,setosa\n4.9,3.0,1.4,setosa\n6.3,3.3,6.0,virginica\n", 3],
  ["a number twice", "1,1,0\n2,0,1\n", 2],
  ["a category that comes again", "p,x\ne,y\np,z\n", 3],
  ["an id, a category and measures", "842302,M,17.99\n842517,B,20.57\n", 2],
  ["days", "2024-05-01,5\n2024-05-02,6\n", 2],
])("a file without a header keeps its first row: %s", async (_, content, count) => {
  const { rows, names } = await csv.read(content);

  expect(rows.length).toBe(count);
  expect(names[0]).toBe("column0");
});

test.each([
  ["whole numbers alone", "1,85,66\n2,86,67\n"],
  ["a text above numbers and a number above numbers", "unknown,5\n3,6\n4,7\n"],
  ["words", "apple\npear\nplum\n"],
  ["days of a month", "user,1,5\nanna,3,4\n"],
  ["one line of texts", "DE,Berlin\n"],
])("a first line that may be either is rejected, with what to declare: %s", async (_, content) => {
  const first = content.split("\n")[0]?.replaceAll(",", ", ");
  const message = await csv.failure(content);

  expect(message).toContain(
    `its first line may hold the names of the columns or a row: ${first}. Declare which for the table: `,
  );
  expect((await csv.read(content, { header: true })).rows.length).toBe(content.split("\n").length - 2);
  expect((await csv.read(content, { header: false })).rows.length).toBe(content.split("\n").length - 1);
});

test("columns that the query names are evidence of a header, texts and tables in it are not", async () => {
  expect(await namesOf("apple,pear\nplum,fig\n", "SELECT apple, pear FROM t")).toEqual(["apple", "pear"]);
  expect(await csv.failure("apple,pear\nplum,fig\n", {}, "SELECT * FROM t WHERE 'apple' = 'pear'")).toContain(
    "may hold the names",
  );
});

test("files with one first line of names have a header", async () => {
  expect(await namesOf(["apple,pear\nplum,fig\n", "apple,pear\nkiwi,fig\n", "apple,pear\n"])).toEqual([
    "apple",
    "pear",
  ]);
});

test("a header alone is a table without rows", async () => {
  expect(await csv.read("id,name\n")).toMatchObject({ rows: [], types: { id: "VARCHAR", name: "VARCHAR" } });
});

test("columns without names are numbered, with zeros if there are more than ten", async () => {
  const { names } = await csv.read(`${Array.from({ length: 11 }, (_, index) => index + 0.5).join(",")}\n`);

  expect(names.slice(0, 2)).toEqual(["column00", "column01"]);
});

test.each([
  ["id,ID\n1,2\n", 'the names "id" and "ID", which differ in case only'],
  ['id;"a;b";"id"\r\n1;2;3\r\n', 'the name "id" twice'],
])("a header whose names SQL cannot distinguish is rejected: %j", async (content, reason) => {
  expect(await csv.failure(content)).toContain(`cannot be read: its header has ${reason}. Rename`);
});

test.each([
  ["a note", "Report of today\n\na,b\n1,2\n3,4\n", 2],
  ["cells before it", "Report,\n\nid,name,x\n1,a,2\n3,b,4\n", 2],
  [
    "the head of the World Bank",
    '"Data Source","World Development Indicators",\n\n"Last Updated","2024-05-01",\n\n"Country","Code","1960","1961",\n"Aruba","ABW",1,2,\n"Chad","TCD",3,4,\n',
    4,
  ],
])("lines before the header are rejected with the lines to skip: %s", async (_, content, lines) => {
  expect(await csv.failure(content)).toContain(`FROM read_csv('…', skip = ${lines})`);
});

test("a header without a name for the first column is rejected with R's way to write it", async () => {
  expect(await csv.failure('"x","y"\n"1",5,6\n"2",7,8\n')).toContain("col.names = NA");
});

test("a header that comes again among the rows is rejected with its line", async () => {
  expect(await csv.failure("id,x\n1,a b\nid,x\n2,c d\n")).toContain("line 3 repeats the header");
});

test("files of one table may have their columns in any order", async () => {
  expect(await csv.read(["id,x\n1,a b\n", "x,id\nc d,2\n", "id,x\n3,e f\n"])).toMatchObject({
    types: { id: "BIGINT", x: "VARCHAR" },
    rows: [
      ["1", "a b"],
      ["2", "c d"],
      ["3", "e f"],
    ],
  });
});

test.each([
  [
    "a part without a header",
    ["id,x\n1,2\n", "3,4\n5,6\n"],
    /-2\.csv\).*no header with the names of the other files \("id", "x"\): its first line is 3,4/,
  ],
  ["other names", ["id,x\n1,2\n", "id,y\n3,4\n"], /-2\.csv\).*its header is one without "x" and with "y" in addition/],
  ["names in other case", ["id,x\n1,2\n", "id,X\n3,4\n"], /-2\.csv\).*without "x" and with "X"/],
  ["fewer names", ["id,x\n1,2\n", "id\n3\n"], /-2\.csv\).*without "x"/],
  [
    "another delimiter",
    ["id,x\n1,2.5\n", "id;x\n3;4,5\n"],
    /-2\.csv\).*separated by `;`, and those of t\d+-1\.csv by `,`/,
  ],
  [
    "another number of cells",
    ["1.5,2.5\n", "1.5,2.5,3.5\n"],
    /-2\.csv\).*line 1 has 3 cells, and the first line has 2/,
  ],
])("files of one table must agree: %s", async (_, contents, reason) => {
  expect(await csv.failure(contents)).toMatch(reason);
});

test("empty files and headers alone are fine among others", async () => {
  expect((await csv.read(["id,x\n", "", "id,x\n1,2\n", "\n"])).rows).toEqual([["1", "2"]]);
});
