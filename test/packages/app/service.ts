import { type ChildProcess, spawn } from "node:child_process";
import { EventEmitter, on } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { buildRelease } from "../../../packages/app/build.ts";
import { made } from "../../../tools/cache.ts";
import { ended } from "../../../tools/process.ts";
import { runFolder } from "../../run-folder.ts";

export const commit = "0123456789abcdef0123456789abcdef01234567";
/** Signs the sessions of the tests; long enough. */
export const sessionSecret = "the-secret-that-no-log-line-may-hold";

/** A line of the service's log. */
type Line = { level: string; msg: string } & Record<string, unknown>;

/** A process of the service. */
export interface Service {
  child: ChildProcess;
  url: string;
  lines: Line[];
  /** All that it wrote. */
  output: () => string;
  /** Resolves with the first line, past or to come, that `pick` takes. */
  said: (pick: (line: Line) => boolean) => Promise<Line>;
  exit: Promise<number | null>;
}

/** Builds a release, once in a run of the tests; gives the path of its bundle. */
export async function release(version: string): Promise<string> {
  const folder = await made(path.join(runFolder(), `app-${version}`), async (temporary) => {
    await buildRelease({ version, commit, out: path.join(temporary, "release") });
  });
  return path.join(folder, "release", "app.cjs");
}

const started = new Set<ChildProcess>();

/** Starts a bundle with this environment and nothing else; resolves when it listens, rejects when it ends before. */
export async function startService(bundle: string, env: NodeJS.ProcessEnv = {}): Promise<Service> {
  const service = spawnService(bundle, env);
  const { port } = await Promise.race([
    service.said(({ msg }) => msg === "listening"),
    service.exit.then((code) => Promise.reject(new Error(`the service ended with ${code}: ${service.output()}`))),
  ]);
  return { ...service, url: `http://127.0.0.1:${String(port)}` };
}

/** Starts a bundle without waiting for more than its process. */
export function spawnService(bundle: string, env: NodeJS.ProcessEnv = {}, args: readonly string[] = []): Service {
  const own = { APP_CONFIG: "/dev/null", HOST: "127.0.0.1", PORT: "0", SHUTDOWN_DELAY: "0" };
  const child = spawn(process.execPath, [bundle, ...args], {
    env: { ...own, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  started.add(child);
  const written: string[] = [];
  const lines: Line[] = [];
  const news = new EventEmitter();
  createInterface(child.stdout).on("line", (text) => {
    written.push(text);
    if (!text.startsWith("{")) return;
    const line = JSON.parse(text) as Line;
    lines.push(line);
    news.emit("line", line);
  });
  child.stderr.on("data", (text: Buffer) => written.push(text.toString()));
  const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
  const said = async (pick: (line: Line) => boolean): Promise<Line> => {
    const before = lines.find(pick);
    if (before !== undefined) return before;
    for await (const [line] of on(news, "line") as AsyncIterable<[Line]>) if (pick(line)) return line;
    throw new Error("no such line came");
  };
  return { child, url: "", lines, output: () => written.join("\n"), said, exit };
}

/** Ends what a test file started. */
export async function stopServices(): Promise<void> {
  for (const child of started) child.kill("SIGKILL");
  await Promise.all([...started].map(ended));
  started.clear();
}

/** GET as it comes from a load balancer with HTTPS, with the session cookie of an earlier answer where there is one. */
export async function get(url: string, cookie?: string) {
  const response = await fetch(url, { headers: { "x-forwarded-proto": "https", ...(cookie && { cookie }) } });
  const body: unknown = await response.json();
  return { status: response.status, headers: response.headers, body, cookie: cookieOf(response) ?? cookie };
}

/** What /version says to whoever comes by the preview listener. */
export async function preview(url: string): Promise<unknown> {
  return (await fetch(`${url}/version`, { headers: { "x-bluegreen-preview": "blue" } })).json();
}

/** Logs in, as `get` gets. */
export async function logIn(url: string, name = "ada") {
  const headers = { "x-forwarded-proto": "https" };
  const response = await fetch(`${url}/login`, { method: "POST", headers, body: new URLSearchParams({ name }) });
  const body: unknown = await response.json();
  return { status: response.status, headers: response.headers, body, cookie: cookieOf(response) };
}

/** Gets again and again until the answer is as wanted, or the seconds are over; gives the last answer. */
export async function getUntil(url: string, seconds: number, wanted: (answer: Answer) => boolean, cookie?: string) {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const answer = await get(url, cookie);
    if (wanted(answer) || performance.now() > deadline) return answer;
    await pause(50);
  }
}

type Answer = Awaited<ReturnType<typeof get>>;

const cookieOf = (response: Response) => response.headers.getSetCookie()[0]?.split(";", 1)[0];
