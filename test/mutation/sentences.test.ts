import { isSentence } from "./sentences.ts";

const string = (value: string) => ({ type: "StringLiteral", value });
const template = (raw: string[], ...types: string[]) => ({
  type: "TemplateLiteral",
  quasis: raw.map((text) => ({ value: { raw: text } })),
  expressions: types.map((type) => ({ type })),
});

test.each([
  ["words for people", string("Give the same command again."), true],
  ["a name", string("activeColor"), false],
  ["a separator", string(", "), false],
  ["the beginning of a word that is looked for", string("Terminate "), false],
  ["values side by side", template(["", ", ", ""], "Identifier", "Identifier"), false],
  ["a path with a name in it", template(["/bluegreen/images/", ""], "Identifier"), false],
  ["words around values", template(["", " of ", " healthy"], "Identifier", "MemberExpression"), true],
  ["words around what is chosen there", template(["", " is ", ""], "Identifier", "ConditionalExpression"), false],
  ["words around what is computed there", template(["at most ", " %"], "BinaryExpression"), false],
  ["a number that looks like nothing", { type: "NumericLiteral", value: 5 }, false],
])("given %s, whether a mutation run leaves it as it is", (_, node, expected) =>
  expect(isSentence(node)).toBe(expected),
);
