import { clientsOf } from "./clients.ts";
import { callerIdentity, type Identity } from "./identity.ts";
import type { Site } from "./operations.ts";
import type { Cloud } from "./row.ts";
import { readSettings, type Settings } from "./settings.ts";

/** One configured provider: settings, clients, and what cancels its waits. */
export class Session {
  private readonly cancellation = new AbortController();
  private readonly cloud: Omit<Cloud, "customSeconds">;

  private readonly settings: Settings;

  constructor(settings: Settings, timeScale: number) {
    this.settings = settings;
    let identity: Promise<Identity> | undefined;
    const extras = {
      region: settings.region,
      timeScale,
      signal: this.cancellation.signal,
      identity: () => (identity ??= callerIdentity(settings)),
    };
    this.cloud = Object.assign(clientsOf(settings), extras);
  }

  get region(): string {
    return this.settings.region;
  }

  /** What an operation works with; `customSeconds` is the resource's own time-out. */
  site(customSeconds?: number): Site {
    const cloud: Cloud = Object.assign(Object.create(this.cloud) as typeof this.cloud, { customSeconds });
    return { cloud, defaultTags: this.settings.defaultTags };
  }

  cancel(): void {
    this.cancellation.abort();
  }
}

const REMEMBERED = 50;

/**
 * The sessions by connection. One process serves every engine run, and each provider instance of a run (a default one,
 * an explicit one) dials its own connection, so the connection says whose settings count.
 */
export class Sessions {
  private readonly byPeer = new Map<string, Session>();

  private readonly env: Readonly<Record<string, string | undefined>>;
  private readonly timeScale: number;

  constructor(env: Readonly<Record<string, string | undefined>>, timeScale: number) {
    this.env = env;
    this.timeScale = timeScale;
  }

  configure(peer: string, variables: ReadonlyMap<string, string>): void {
    const named = new Map([...variables].map(([key, value]) => [key.replace(/^aws:(config:)?/, ""), value]));
    this.byPeer.set(peer, new Session(readSettings(named, this.env), this.timeScale));
    const [oldest] = this.byPeer.keys();
    if (this.byPeer.size > REMEMBERED) this.byPeer.delete(oldest);
  }

  of(peer: string): Session {
    const session = this.byPeer.get(peer);
    if (!session) throw new Error("the provider is not configured on this connection: run the operation again");
    return session;
  }

  cancel(peer: string): void {
    this.byPeer.get(peer)?.cancel();
  }
}
