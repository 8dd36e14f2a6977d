/** The parts of the stand-in, for one that serves another cloud. */
export { ROWS } from "./handlers/index.ts";
export { INVOKES } from "./invokes.ts";
export type { Row } from "./row.ts";
export { type Invoke, serve } from "./server.ts";
export { Sessions } from "./session.ts";
export { isBlock, type Props, text } from "./shape.ts";
