/** A fenced block: the words of its info string, its text, and the line (1-based) on which the text begins. */
export type CodeBlock = { readonly info: readonly string[]; readonly text: string; readonly line: number };

export type Link = { readonly target: string; readonly line: number };

const FENCE = /^(`{3,})([^\n`]*)\n([\s\S]*?)^\1`*$/gm;

export function codeBlocks(page: string): CodeBlock[] {
  return Array.from(page.matchAll(FENCE), ({ 2: info = "", 3: text = "", index }) => ({
    info: info.trim().split(/\s+/),
    text,
    line: lineAt(page, index) + 1,
  }));
}

/** Targets of links and images in the prose, be they inline, in HTML or by reference. */
export function links(page: string): Link[] {
  const prose = page.replace(FENCE, blank).replace(/`[^`\n]*`/g, blank);
  const forms = [
    /\]\(\s*<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?[^)]*\)/g,
    /\b(?:href|src)="([^"]*)"/g,
    /^\[[^\]]+\]:\s*(\S+)/gm,
  ];
  return forms.flatMap((form) =>
    Array.from(prose.matchAll(form), ({ 1: target = "", index }) => ({ target, line: lineAt(page, index) })),
  );
}

/** The anchors of the headings, named as GitHub does it. */
export function anchors(page: string): Set<string> {
  const found = new Set<string>();
  for (const { 1: heading = "" } of page.replace(FENCE, blank).matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").replace(/[`*]/g, "");
    const anchor = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, "")
      .replaceAll(" ", "-");
    let name = anchor;
    for (let again = 1; found.has(name); again += 1) name = `${anchor}-${again}`;
    found.add(name);
  }
  return found;
}

/** The text below a heading, up to the next one of its level or above. */
export function section(page: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0;
  const begin = page.indexOf(`\n${heading}\n`);
  if (begin === -1) throw new Error(`No heading ${heading}`);
  const rest = page.slice(begin + heading.length + 2);
  const end = new RegExp(`^#{1,${level}} `, "m").exec(rest)?.index ?? rest.length;
  return rest.slice(0, end);
}

/** The cells of the first table, row by row without its head. A cell that is nothing but code loses its back quotes. */
export function tableRows(text: string): string[][] {
  const [table = ""] = /(?:^\|.*\n)+/m.exec(text) ?? [];
  return table
    .split("\n")
    .slice(2, -1)
    .map((row) =>
      row
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim().replace(/^`([^`]*)`$/, "$1")),
    );
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function lineAt(page: string, index: number): number {
  return page.slice(0, index).split("\n").length;
}
