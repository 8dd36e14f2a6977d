const marked = /(<!-- simulated -->\n\n```text\n)[^`]*(```\n\n<!-- \/simulated -->)/;

/** The document with other tables between its marks. @throws Error where it has no marks */
export function withTables(document: string, printed: string): string {
  if (!marked.test(document)) throw new Error("docs/verdict.md has no block between <!-- simulated --> marks.");
  return document.replace(marked, (_, begin: string, end: string) => `${begin}${printed}\n${end}`);
}
