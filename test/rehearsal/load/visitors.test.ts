import { createServer, type RequestListener, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { Visitors, type Visits } from "../../../rehearsal/load/visitors.ts";

/** What a service answers to a visitor's nth request. */
type Page = { status?: number; id?: string; count: number; version?: string };

let server: Server;
afterEach(() => server.close());

/** One visitor makes three requests, which are answered so. */
async function visit(pages: [Page, Page, Page]): Promise<Visits> {
  const cookies: (string | undefined)[] = [];
  let enough: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (enough = resolve));
  const listener: RequestListener = ({ headers }, response) => {
    const page = pages[cookies.length] ?? pages[2];
    cookies.push(headers.cookie);
    const { status = 200, id = "a", count, version = "v1" } = page;
    const versions = [...new Set(["v1", version])];
    response.writeHead(status, cookies.length === 1 ? { "set-cookie": "session=secret; HttpOnly" } : {});
    response.end(JSON.stringify({ id, count, versions }));
    if (cookies.length === 3) enough();
  };
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const visitors = new Visitors(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 1, 50);
  await answered;
  const visits = await visitors.stop();
  expect(cookies.slice(0, 3)).toEqual([undefined, "session=secret", "session=secret"]);
  return visits;
}

test("a session that goes on over both versions has no faults", async () => {
  const visits = await visit([{ count: 1 }, { count: 2 }, { count: 3, version: "v2" }]);
  expect(visits).toEqual({ requests: 3, sawBoth: 1, faults: [] });
});

test.each<[string, [Page, Page, Page], string]>([
  ["another session", [{ count: 1 }, { count: 2 }, { id: "b", count: 1 }], "visitor 0 was logged out after 2 requests"],
  ["a forgotten request", [{ count: 1 }, { count: 2 }, { count: 2 }], "visitor 0 was at 2 requests and is at 2"],
  ["an error", [{ count: 1 }, { count: 2 }, { status: 503, count: 0 }], "visitor 0: 503"],
])("%s is a fault", async (_, pages, fault) => {
  const { faults } = await visit(pages);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(fault);
});
