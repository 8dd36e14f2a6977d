/**
 * Codes of what ends or holds up an update. The engine passes an error on as text alone, so a code stands in the message, in
 * brackets, and whoever ran the update decides by that: its words may change.
 */
import { colors, type Color } from "./model.ts";

export const errorCodes = [
  /** A guard on settings and state said no; nothing was changed. */
  "update-refused",
  /** The health gate keeps the listener as it is. */
  "gate-closed",
  /** A fleet with traffic would be rebuilt, cut down or deleted, or the command that asks for it has lost its lock. */
  "fleet-guarded",
  /** A colour's fleet did not get ready, and its image or a right is the reason. */
  "fleet-not-ready",
  /** A colour's fleet can't get ready: somebody suspended its processes. */
  "fleet-held-up",
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** A code, and the colour that it is about. */
export interface Coded {
  readonly code: ErrorCode;
  readonly color?: Color;
}

/** A message with its code: `[fleet-not-ready blue] The blue fleet ...`. */
export const withCode = ({ code, color }: Coded, message: string): string =>
  `[${color === undefined ? code : `${code} ${color}`}] ${message}`;

const pattern = new RegExp(`\\[(?<code>${errorCodes.join("|")})(?: (?<color>${colors.join("|")}))?\\]`, "g");

/** The codes in a text, such as all that an update ended with, in their order. */
export const codesIn = (text: string): Coded[] =>
  [...text.matchAll(pattern)].map(({ groups }) => groups as unknown as Coded);
