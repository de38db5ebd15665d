import { sqlIdentifiers } from "../query/sql-body.ts";

const WORDS: ReadonlySet<string> = new Set(
  (
    "select,from,where,as,and,or,on,using,join,left,right,inner,outer,full,cross,order,by,group,having,with,limit,offset,not,in,is,null,like,between," +
    "case,when,then,else,end,cast,distinct,union,all,except,intersect,exclude,replace,asc,desc,over,partition,filter,true,false,values,any,some,exists"
  ).split(","),
);

/** Names in the SQL that may be columns, in lower case: not those of tables, nor words of SQL. */
export function columnNames(sql: string, tables: readonly string[]): ReadonlySet<string> {
  const names = new Set(sqlIdentifiers(sql));
  for (const word of [...WORDS, ...tables.map((table) => table.toLowerCase())]) names.delete(word);
  return names;
}
