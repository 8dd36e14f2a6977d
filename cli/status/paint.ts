import { styleText } from "node:util";
import type { Color } from "../../deployment/model.ts";

type Style = Parameters<typeof styleText>[0];

/** Lays a terminal's style over a text, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** @param color whether whoever reads it sees colours: `seesColor` knows */
export const painter =
  (color: boolean): Paint =>
  (style, text) =>
    // Not validated against this process's own output: later versions of Node would, and the text may go elsewhere.
    color && text !== "" ? styleText(style, text, { validateStream: false }) : text;

/** Each fleet in its own colour, bright enough for dark and light backgrounds. */
export const fleetStyle: Record<Color, Style> = { blue: "blueBright", green: "green" };

/** Whether a stream is a terminal that shows colours, and NO_COLOR doesn't forbid them. */
export const seesColor = (stream: NodeJS.WritableStream): boolean =>
  "hasColors" in stream && (stream as NodeJS.WriteStream).hasColors();
