/** AWS's query protocol, for another gateway that speaks it. */
export { AwsError } from "./errors.ts";
export { actionOf, parseQuery, type QueryStructure, textOf, textsOf } from "./query.ts";
export { type Answer, answerXml, errorXml } from "./xml.ts";
