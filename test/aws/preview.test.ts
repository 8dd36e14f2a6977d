import https from "node:https";
import type { AddressInfo } from "node:net";
import { askPreview, NoConnection } from "../../aws/preview.ts";
import { certificate, key } from "../packages/app/certificate.ts";
import { closedEndpoint, PreviewServer } from "../cli/analysis/preview-server.ts";

const server = new PreviewServer();
beforeAll(() => server.start());
afterAll(() => server.stop());
beforeEach(() => {
  server.requests = [];
  server.respond = (_, response) => response.end("ok");
});

test("names the colour in the header, and the service in the host where it has a domain", async () => {
  const hosts: unknown[] = [];
  server.respond = (request, response) => {
    hosts.push(request.headers.host);
    response.writeHead(404).end("nothing here");
  };
  const { endpoint } = server;
  const answer = await askPreview(endpoint, "green", "/x?y=1");
  expect(answer).toEqual({ status: 404, body: "nothing here", ms: expect.any(Number) as number });
  await askPreview({ ...endpoint, domain: "app.example.com" }, "blue", "/");
  expect(server.requests).toEqual(["green /x?y=1", "blue /"]);
  expect(hosts).toEqual([`127.0.0.1:${endpoint.port}`, "app.example.com"]);
});

test("by TLS it asks for the name in the certificate", async () => {
  const names: string[] = [];
  const tls = https.createServer({
    SNICallback: (name, done) => {
      names.push(name);
      done(new Error("no certificate"));
    },
  });
  await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
  const { port } = tls.address() as AddressInfo;
  const endpoint = { protocol: "https", host: "127.0.0.1", port, domain: "app.example.com" } as const;
  const failed = askPreview(endpoint, "green", "/");
  await expect(failed).rejects.toThrow();
  await expect(failed).rejects.not.toBeInstanceOf(NoConnection);
  await new Promise((resolve) => tls.close(resolve));
  expect(names).toEqual(["app.example.com"]);
});

test.each<[string, string | undefined, RegExp]>([
  ["for no domain", undefined, /self-signed certificate.*\. Where your own authority .* NODE_EXTRA_CA_CERTS$/],
  ["for a domain", "app.example.com", /self-signed certificate.*\. Where your own authority .* NODE_EXTRA_CA_CERTS$/],
])(
  "fails by TLS %s with a certificate that nobody vouches for, and says how to name its authority",
  async (_, domain, words) => {
    const tls = https.createServer({ cert: certificate, key }, (_request, response) => response.end("{}"));
    await new Promise<void>((resolve) => tls.listen(0, "127.0.0.1", resolve));
    const { port } = tls.address() as AddressInfo;
    const asked = askPreview({ protocol: "https", host: "127.0.0.1", port, domain }, "green", "/");
    await expect(asked).rejects.toThrow(words);
    await new Promise((resolve) => tls.close(resolve));
  },
);

test("fails when it answers with more than 64 KiB, and keeps no more of it", async () => {
  let sent = 0;
  server.respond = (_, response) => {
    const chunk = Buffer.alloc(16 * 1024, "x");
    const send = () => {
      if (response.destroyed || sent > 64 * 1024 * 1024) return;
      sent += chunk.length;
      response.write(chunk, () => setImmediate(send));
    };
    send();
  };
  await expect(askPreview(server.endpoint, "green", "/version")).rejects.toThrow("an answer of more than 64 KiB");
  expect(sent).toBeLessThan(32 * 1024 * 1024);
});

test("fails with NoConnection where nobody listens", async () =>
  expect(askPreview(await closedEndpoint(), "green", "/")).rejects.toBeInstanceOf(NoConnection));

test("fails with the service's fault when it hangs up", async () => {
  server.respond = (request) => request.socket.destroy();
  const failed = askPreview(server.endpoint, "green", "/");
  await expect(failed).rejects.toThrow("socket hang up");
  await expect(failed).rejects.not.toBeInstanceOf(NoConnection);
});

test("fails when it answers in part only, and never goes on", async () => {
  jest.useFakeTimers({ doNotFake: ["nextTick", "setImmediate", "queueMicrotask", "performance"] });
  server.respond = (_, response) => response.write("{", () => jest.advanceTimersByTime(5_000));
  try {
    await expect(askPreview(server.endpoint, "green", "/")).rejects.toThrow("no answer within 5 s");
  } finally {
    jest.useRealTimers();
  }
});

test("given an abort, then it ends and blames neither network nor service", async () => {
  const controller = new AbortController();
  server.respond = () => controller.abort();
  const aborted = askPreview(server.endpoint, "green", "/", controller.signal);
  await expect(aborted).rejects.toMatchObject({ name: "AbortError" });
  await expect(askPreview(server.endpoint, "green", "/", controller.signal)).rejects.toMatchObject({
    name: "AbortError",
  });
});
