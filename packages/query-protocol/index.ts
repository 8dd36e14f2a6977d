/** AWS's query protocol, for a gateway that speaks it. */
export { AwsError, validationError } from "./aws-error.ts";
export {
  actionOf,
  numberOf,
  parseQuery,
  type QueryStructure,
  structureOf,
  structuresOf,
  textOf,
  textsOf,
} from "./query.ts";
export { type Answer, answerXml, ec2AnswerXml, errorXml } from "./xml.ts";
