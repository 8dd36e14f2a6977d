import { setTimeout as pause } from "node:timers/promises";

/** What a visitor's page says of the session (`/session` of the reference service). */
interface Session {
  id: string;
  count: number;
  versions: string[];
}

/** How the visitors fared. */
export interface Visits {
  /** Requests that all of them made together. */
  requests: number;
  /** Visitors who saw both versions in one session. */
  sawBoth: number;
  /** What went wrong, each with the visitor's number; none: nobody was logged out, and nothing was forgotten. */
  faults: string[];
}

/** People with a session each, who come back again and again, and notice when they are not known any more. */
export class Visitors {
  private goesOn = true;
  private readonly faults: string[] = [];
  private readonly sessions: Session[] = [];
  private requests = 0;
  private readonly visiting: Promise<unknown>;

  private readonly url: string;
  private readonly everyMs: number;

  /**
   * @param url of the service
   * @param count of visitors
   * @param everyMs milliseconds between two requests of one visitor
   */
  constructor(url: string, count: number, everyMs: number) {
    this.url = url;
    this.everyMs = everyMs;
    this.visiting = Promise.all(Array.from({ length: count }, (_, visitor) => this.visit(visitor)));
  }

  /** Ends all visits and tells how they went. */
  async stop(): Promise<Visits> {
    this.goesOn = false;
    await this.visiting;
    const sawBoth = this.sessions.filter(({ versions }) => versions.length === 2).length;
    return { requests: this.requests, sawBoth, faults: this.faults };
  }

  private async visit(visitor: number): Promise<void> {
    let cookie: string | undefined;
    while (this.goesOn) {
      try {
        const answer =
          cookie === undefined
            ? await fetch(`${this.url}/login`, {
                method: "POST",
                body: new URLSearchParams({ name: `visitor ${visitor}` }),
              })
            : await fetch(`${this.url}/session`, { headers: { cookie } });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${answer.status} ${text}`);
        this.requests++;
        cookie = answer.headers.get("set-cookie")?.split(";", 1)[0] ?? cookie;
        this.notice(visitor, JSON.parse(text) as Session);
      } catch (error) {
        this.faults.push(`visitor ${visitor}: ${error instanceof Error ? error.message : String(error)}`);
      }
      await pause(this.everyMs);
    }
  }

  private notice(visitor: number, now: Session): void {
    const before = this.sessions[visitor];
    this.sessions[visitor] = now;
    if (before === undefined) return;
    if (now.id !== before.id) this.faults.push(`visitor ${visitor} was logged out after ${before.count} requests`);
    else if (now.count !== before.count + 1) {
      this.faults.push(`visitor ${visitor} was at ${before.count} requests and is at ${now.count}`);
    }
  }
}
