import type { Kind } from "../../../../../core/domain/cell-kind.ts";
import { cellKind, KIND, MISSING_MARKERS } from "../../../../../core/domain/cell-kind.ts";
import type { HeadCell, HeadRecord } from "../layout/csv-head.ts";

/** What the first record of a file is, as far as its cells show. */
export type FirstRecord = "names" | "row" | "unclear";

/**
 * Compares the first record with those after it. Names do not fit the type of their column, or miss something that every other cell of it has; a row
 * fits, and holds values that cannot be names, or that occur again below. `sqlNames`: names of columns that the query asks for.
 */
export function firstRecord(records: readonly HeadRecord[], sqlNames: ReadonlySet<string>): FirstRecord {
  const [first, ...others] = records;
  if (first === undefined) return "unclear";
  // A header may come again if files were put together.
  const rows = others.filter(({ cells }) => !sameCells(cells, first.cells)).map(({ cells }) => cells);
  const columns = first.cells.map((cell, index) => describeColumn(cell, rows.map((row) => row[index]).filter(isThere)));
  const texts = first.cells.map(({ text }) => text.trim());
  const asksFor = first.cells.some(({ text }) => isName(text) && sqlNames.has(text.trim().toLowerCase()));
  const fitting = columns.filter(({ fits }) => fits);
  const misfits = columns.filter(({ misfits: misfit }) => misfit);
  const counted = areCounted(first.cells.filter((_, index) => columns[index]?.fits).map(({ text }) => text));
  const repeated = hasRepeated(texts);
  const impossible = columns.some(({ impossible: no }) => no) || repeated;
  const recurring = columns.filter(({ recurs }) => recurs).length;
  const typed = columns.filter(({ kind }) => kind !== KIND.TEXT && kind !== KIND.NONE);
  const namesShown = columns.some(({ differs }) => differs);

  const areNames = first.cells.every(({ text }) => text === "" || isName(text)) && !texts.every((text) => text === "");

  if (rows.length === 0) {
    if (areNames && !repeated && (asksFor || namesShown)) return "names";
    return impossible && !repeated ? "row" : "unclear";
  }
  if (fitting.length === 0 && misfits.length > 0) {
    const textColumns = columns.length - typed.length;
    return recurring > 0 && recurring * 2 >= textColumns ? "unclear" : "names";
  }
  if (fitting.length > 0) {
    if (impossible && misfits.length === 0 && !asksFor) return "row";
    if (impossible) return "unclear";
    if (counted && (misfits.length > 0 || namesShown || asksFor || isIndex(texts)))
      return recurring > 0 ? "unclear" : "names";
    if (asksFor && recurring === 0) return "names";
    return recurring > 0 && misfits.length === 0 ? "row" : "unclear";
  }
  if (recurring > 0) return asksFor || namesShown ? "unclear" : "row";
  return !repeated && (asksFor || (areNames && namesShown)) ? "names" : "unclear";
}

type ColumnView = {
  /** Of the cells below the first. */
  readonly kind: Kind;
  readonly fits: boolean;
  /** A name above values. */
  readonly misfits: boolean;
  /** Fits, and cannot be the name of a column. */
  readonly impossible: boolean;
  readonly recurs: boolean;
  /** All others have something that the first does not have, or the reverse. */
  readonly differs: boolean;
};

function describeColumn(first: HeadCell, cells: readonly HeadCell[]): ColumnView {
  const values = cells.filter(({ text }) => text !== "");
  const kind = commonKind(values.map(({ text }) => text));
  const own = kindOf(first.text);
  const isTyped = kind !== KIND.TEXT && kind !== KIND.NONE;
  const isMissing = first.text === "" || MISSING_MARKERS.has(first.text);
  const fits = isTyped && own === kind;
  return {
    kind,
    fits,
    misfits: isTyped && !fits && !isMissing && (isName(first.text) || own === KIND.DATE || own === KIND.MOMENT),
    impossible: own !== KIND.TEXT && own !== KIND.NONE && !/^\d+$/.test(first.text) && (fits || kind === KIND.NONE),
    recurs: kind === KIND.TEXT && first.text !== "" && values.some(({ text }) => text === first.text),
    differs: !isTyped && isName(first.text) && differsFrom(first, values),
  };
}

function kindOf(text: string): Kind {
  if (text === "") return KIND.NONE;
  return cellKind(text)?.kind ?? KIND.TEXT;
}

function commonKind(texts: readonly string[]): Kind {
  let common: Kind = KIND.NONE;
  for (const text of texts) {
    if (MISSING_MARKERS.has(text)) continue;
    const kind = kindOf(text);
    if (kind === KIND.TEXT || (common !== KIND.NONE && kind !== common)) return KIND.TEXT;
    common = kind;
  }
  return common === KIND.NONE && texts.length > 0 ? KIND.TEXT : common;
}

/** Each is a feature that a whole column of values may have and its name not, or the reverse. */
const FEATURES: readonly RegExp[] = [/\d/, /@/, /\s/, /^\p{Lu}/u, /^\p{Lu}+$/u, /[/:]/, /[.,;!?]/];

/** What names have and values seldom. */
const NAMELIKE = /^\p{L}[\p{L}\d]*(?:_[\p{L}\d]+)+$|^\p{Ll}+(?:\p{Lu}\p{Ll}+)+$/u;

const USUAL_NAMES: ReadonlySet<string> = new Set(
  (
    "id,key,name,names,text,label,labels,class,target,date,day,time,timestamp,year,month,city,country,state,region,zip,code,type,kind,value,values,title," +
    "description,category,group,email,phone,address,url,link,comment,comments,note,notes,status,user,username,gender,sex,language,lang,currency,color," +
    "product,item,sku,customer,sentence,word,words,question,answer,message,body,content,subject,author,source,review,sentiment,tweet,document,symbol," +
    "species,brand,model,first,last,tag,tags,file,filename,path"
  ).split(","),
);

function differsFrom(first: HeadCell, values: readonly HeadCell[]): boolean {
  const { text } = first;
  const trimmed = text.trim();
  if (USUAL_NAMES.has(trimmed.toLowerCase())) return true;
  if (values.length === 0) return NAMELIKE.test(trimmed);
  if (FEATURES.some((feature) => !feature.test(text) && values.every((value) => feature.test(value.text)))) return true;
  if (NAMELIKE.test(trimmed) && !values.some((value) => NAMELIKE.test(value.text))) return true;
  if (values.every(({ isQuoted }) => isQuoted !== first.isQuoted)) return true;
  const length = values[0]?.text.length ?? 0;
  return values.length >= 3 && text.length !== length && values.every((value) => value.text.length === length);
}

/** Begins with a letter or an underscore. */
function isName(text: string): boolean {
  return /^[\p{L}_]/u.test(text.trim()) && !/^(?:nan|inf|infinity|true|false)$/i.test(text.trim());
}

/** Years, or numbers in their order: whole numbers that columns are named by. */
function areCounted(texts: readonly string[]): boolean {
  const numbers = texts.map((text) => (/^\d{1,4}$/.test(text) ? Number(text) : Number.NaN));
  if (new Set(numbers).size < numbers.length) return false;
  const areYears = numbers.every((number) => number >= 1500 && number <= 2200);
  const areInOrder = numbers.length >= 2 && numbers.every((number, index) => number === (numbers[0] as number) + index);
  return areYears || (areInOrder && (numbers[0] as number) <= 1);
}

/** An index without a name before columns that are counted, as pandas writes a frame without names. */
function isIndex(texts: readonly string[]): boolean {
  return texts[0] === "" && texts.slice(1).every((text, index) => text === String(index));
}

function hasRepeated(texts: readonly string[]): boolean {
  const named = texts.filter((text) => text !== "").map((text) => text.toLowerCase());
  return new Set(named).size < named.length;
}

function sameCells(a: readonly HeadCell[], b: readonly HeadCell[]): boolean {
  return a.length === b.length && a.every(({ text }, index) => text === b[index]?.text);
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}
