import { setTimeout as pause } from "node:timers/promises";
import { startLoad } from "./load.ts";
import { get, release, startService, stopServices } from "./service.ts";

afterAll(stopServices);

async function waitUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(5);
}

it("loses no request under load when it is told to end, and serves new users until the delay is over", async () => {
  const service = await startService(await release("v1.2.3"), { SHUTDOWN_DELAY: "2" });
  let good = 0;
  const { instance, result } = startLoad(
    { url: service.url, connections: 20, duration: 30, timeout: 5 },
    (status) => (good += status === 200 ? 1 : 0),
  );
  await waitUntil(() => good > 50);
  service.child.kill("SIGTERM");
  const leaving = await readyzUntil(service.url, 503);
  expect(leaving.body).toEqual({ status: "not ready", because: ["leaving"] });
  expect(leaving.headers.get("connection")).toBe("close");
  const before = good;
  expect((await get(`${service.url}/version`)).status).toBe(200);
  await waitUntil(() => good > before + 20);
  // The load goes elsewhere, as it does behind a load balancer that has seen /readyz.
  instance.stop();
  const { errors, timeouts, non2xx } = await result;
  expect({ errors, timeouts, non2xx }).toEqual({ errors: 0, timeouts: 0, non2xx: 0 });
  expect(await service.exit).toBe(0);
  expect(service.lines.at(-1)).toMatchObject({ level: "info", msg: "ended" });
  await expect(fetch(service.url)).rejects.toThrow();
});

async function readyzUntil(url: string, status: number) {
  for (;;) {
    const answer = await get(`${url}/readyz`);
    if (answer.status === status) return answer;
  }
}
