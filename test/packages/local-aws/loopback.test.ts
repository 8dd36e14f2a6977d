import { loopbackOf, addressOf, tryListen } from "../../../packages/local-aws/loopback.ts";
import { Addresses, localPort } from "../../../packages/local-aws/elb/addresses.ts";

test.each([
  ["10.0.64.4", "127.0.64.4"],
  ["172.31.5.6", "127.31.5.6"],
])("%s is %s here", (privateIp, expected) => {
  expect(loopbackOf(privateIp)).toBe(expected);
});

test("an instance gets another port where its own is taken", async () => {
  const first = await addressOf("10.9.9.9", 0);
  const taken = await tryListen(first.host, first.port);
  const second = await addressOf("10.9.9.9", first.port);
  expect(second.port).not.toBe(first.port);
  taken?.close();
});

test.each([
  [80, 20_080],
  [443, 20_443],
  [1024, 1024],
  [8080, 8080],
])("a listener on %d really listens on %d", (port, expected) => {
  expect(localPort(port)).toBe(expected);
});

test("load balancers keep their addresses, free ones are given again, and two clouds share none", async () => {
  const [mine, theirs] = [await Addresses.claim(), await Addresses.claim()];
  const [a, b] = [mine.of("a"), mine.of("b")];
  mine.keep(new Set(["b"]));
  const again = [mine.of("b"), mine.of("c")];
  mine.close();
  theirs.close();
  expect(again).toEqual([b, a]);
  // Systems without further loopback addresses (macOS) have 127.0.0.1 alone.
  expect(new Set([a, b, theirs.of("a")]).size).toBe(a === "127.0.0.1" ? 1 : 3);
});
