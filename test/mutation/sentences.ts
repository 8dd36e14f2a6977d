/** Of Babel's syntax tree, what is looked at here. */
interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly raw: string } }[];
  readonly expressions?: readonly Node[];
}

/** Expressions that take a value as it is: what decides something inside of a sentence is changed as all else is. */
const plain = ["Identifier", "MemberExpression"];

/** More than one word, if a value counts as one. */
const isWords = (text: string): boolean => /[A-Za-z]/.test(text) && text.trim().includes(" ");

/** Whether it is a text for people: words, of which no part is chosen. */
export function isSentence({ type, value, quasis = [], expressions = [] }: Node): boolean {
  if (type === "StringLiteral") return isWords(String(value));
  if (type !== "TemplateLiteral" || !expressions.every((one) => plain.includes(one.type))) return false;
  return isWords(quasis.map((quasi) => quasi.value.raw).join("0"));
}

/** Leaves sentences as they are: a test that notices each of them changed would only repeat it. */
const sentences = {
  shouldIgnore: ({ node }: { node: Node }): string | undefined => (isSentence(node) ? "a sentence" : undefined),
};

export const strykerPlugins = [{ kind: "Ignore", name: "sentences", value: sentences }];
