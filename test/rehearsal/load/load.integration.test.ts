import http from "node:http";
import type { AddressInfo } from "node:net";
import { measureMax, startLoad } from "../../../rehearsal/load/load.ts";

let server: http.Server;
let answer: (count: number, request: http.IncomingMessage, response: http.ServerResponse) => void;
let count: number;
let url: string;

beforeEach(async () => {
  count = 0;
  server = http.createServer((request, response) => answer(++count, request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

/** Waits until the server has had so many requests. */
async function served(requests: number): Promise<void> {
  while (count < requests) await new Promise((resolve) => setTimeout(resolve, 20));
}

it("counts every request that the server had, by colour, and every one that it lost", async () => {
  answer = (n, request, response) => {
    if (n === 30) return void request.socket.end();
    response.setHeader("x-color", n % 2 === 0 ? "blue" : "green").end();
  };
  const load = await startLoad({ url, rate: 60, connections: 4 });
  await served(60);
  await load.stop();
  const all = await load.window();
  expect(load.running).toBe(false);
  expect(all.failed).toBe(1);
  expect(all.sent).toBeGreaterThanOrEqual(60);
  expect(all.sent).toBe(all.byColor.blue + all.byColor.green + 1);
});

it("measures the greatest load with its failures", async () => {
  answer = (n, _, response) => void response.writeHead(n % 10 === 0 ? 503 : 200).end();
  const { sent, failed, errors, perSecond } = await measureMax({ url, seconds: 1, connections: 5 });
  expect(perSecond).toBeGreaterThan(0);
  expect(failed).toBeGreaterThan(0);
  expect(failed).toBeLessThan(sent);
  expect(errors[0]?.status).toBe(503);
});
