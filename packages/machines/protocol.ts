/** What the cloud asks of the gateway. A `forward` message carries the listening socket that it is about. */
export type GatewayRequest =
  | { kind: "listen"; id: number; host: string; port: number }
  | { kind: "forward"; id: number; host: string; port: number }
  | { kind: "close"; id: number };

/** What the gateway says: once that the network stands, then an answer to each request that names its `id`. */
export type GatewayAnswer =
  { kind: "ready" } | { kind: "done"; id: number } | { kind: "failed"; id: number; reason: string };
