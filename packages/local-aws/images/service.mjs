// @ts-check
/**
 * The HTTP service of a rehearsed instance. One process stands for one machine of the fleet; its image decides version
 * and behaviour. Configuration comes by environment: HOST, PORT, VERSION, COMMIT, BEHAVIOUR, INSTANCE_ID, TIME_SCALE,
 * from the user data BLUEGREEN_COLOR, BLUEGREEN_ENVIRONMENT, and what store.mjs reads. With an argument it runs that job
 * instead, as the service of the images does.
 */
import { createServer } from "node:http";
import { runJob, schema, storeFault, storeSchema } from "./store.mjs";

const [job] = process.argv.slice(2);
if (job !== undefined) process.exit(runJob(job));

const {
  HOST = "127.0.0.1",
  PORT = "3000",
  VERSION = "unknown",
  COMMIT = "unknown",
  BEHAVIOUR = "good",
  INSTANCE_ID = "unknown",
  TIME_SCALE = "1",
  BLUEGREEN_COLOR = "unknown",
  BLUEGREEN_ENVIRONMENT = "unknown",
} = process.env;

const fault = storeFault();
if (fault !== undefined) {
  console.error(fault);
  process.exit(1);
}

/** @param {number} seconds AWS seconds @returns {number} real milliseconds */
const milliseconds = (seconds) => (seconds * 1000) / Number(TIME_SCALE);

/** AWS seconds until a slow starter is ready, and until a crashing one crashes. */
const slowStart = 40;
const crashAfter = 2;
/** AWS seconds that an image which fails under load has users before it does: five of CloudWatch's minutes. */
const soundFor = 300;
/** AWS seconds of serving on after SIGTERM: the load balancer needs two failed checks to see it. */
const lingering = 5;

// An image that crashes does so while it still starts: ready for moments, it could pass for healthy.
let ready = ["good", "error-500", "fails-under-load", "fails-2-percent", "fails-2-percent-served", "resets"].includes(
  BEHAVIOUR,
);
let leaving = false;
/** When the first user came. @type {number | undefined} */
let firstUser;
let users = 0;

/** A user, and none who looks through the preview listener. @param {import("node:http").IncomingMessage} request */
const isUser = ({ headers }) =>
  headers["x-bluegreen-preview"] === undefined && headers["x-forwarded-for"] !== undefined;

/**
 * Whether an image fails this request that is well as long as nobody uses it: of `fails-2-percent-served` one in fifty, whoever
 * asks; of `fails-under-load` every third user, when it has had users for a while.
 * @param {import("node:http").IncomingMessage} request
 */
function failsOnceUsed(request) {
  if (isUser(request)) firstUser ??= Date.now();
  if (BEHAVIOUR === "fails-2-percent-served") return firstUser !== undefined && Math.random() < 0.02;
  return BEHAVIOUR === "fails-under-load" && isUser(request) && failsUser();
}

function failsUser() {
  firstUser ??= Date.now();
  return Date.now() - firstUser > milliseconds(soundFor) && users++ % 3 === 0;
}

/** Answers by status, for /metrics: without those that machines ask for. @type {Map<number, number>} */
const counts = new Map();
/** Answers that did not fail, by the seconds that they took at most. @type {Map<number, number>} */
const times = new Map([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, Infinity].map((bound) => [bound, 0]));
/** @param {number} status @param {number} begun milliseconds */
function count(status, begun) {
  counts.set(status, (counts.get(status) ?? 0) + 1);
  const seconds = (performance.now() - begun) / 1000;
  for (const [bound, many] of times) if (status < 500 && seconds <= bound) times.set(bound, many + 1);
}
const bucket = "http_request_duration_seconds_bucket";
const counters = () =>
  [...counts].map(([status, many]) => `http_requests_total{code="${status}"} ${many}\n`).join("") +
  [...times].map(([bound, many]) => `${bucket}{le="${bound === Infinity ? "+Inf" : bound}"} ${many}\n`).join("") +
  `process_start_time_seconds ${performance.timeOrigin / 1000}\n`;

const about = {
  version: VERSION,
  commit: COMMIT,
  schema,
  color: BLUEGREEN_COLOR,
  environment: BLUEGREEN_ENVIRONMENT,
  instanceId: INSTANCE_ID,
};
const version = () => {
  const now = storeSchema();
  return JSON.stringify(now === undefined ? about : { ...about, store: { schema: now } });
};
const page = `<!doctype html><title>bluegreen</title><h1>${BLUEGREEN_COLOR} ${VERSION}</h1><p>${INSTANCE_ID}</p>\n`;

/** @param {string} path @returns {[status: number, type: string, body: string]} */
function answer(path) {
  if (path === "/readyz") {
    return ready && !leaving ? [200, "text/plain", "ready\n"] : [503, "text/plain", "not ready\n"];
  }
  if (BEHAVIOUR === "error-500") {
    return failure;
  }
  // A page that is broken in every release: what fails there is none of theirs.
  if (path === "/broken" || (BEHAVIOUR === "fails-2-percent" && path !== "/healthz" && Math.random() < 0.02)) {
    return failure;
  }
  if (path === "/healthz") {
    return [200, "text/plain", "alive\n"];
  }
  return path === "/version" ? [200, "application/json", version()] : [200, "text/html; charset=utf-8", page];
}

/** @type {[status: number, type: string, body: string]} */
const failure = [500, "text/plain", "this image fails on purpose\n"];

const server = createServer((request, response) => {
  const begun = performance.now();
  if (BEHAVIOUR === "resets" && request.url?.startsWith("/reset")) return void request.socket.resetAndDestroy();
  const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
  const isCounted = !["/metrics", "/readyz", "/healthz"].includes(path);
  const fails = isCounted && failsOnceUsed(request);
  const [status, type, body] = path === "/metrics" ? [200, "text/plain", counters()] : fails ? failure : answer(path);
  if (isCounted) count(status, begun);
  request.resume();
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(body),
    "x-color": BLUEGREEN_COLOR,
    "x-version": VERSION,
    "x-instance": INSTANCE_ID,
    ...(leaving ? { connection: "close" } : {}),
  });
  response.end(body);
});
// Longer than the load balancer's idle time-out (60 s): whoever may reuse a connection must not be the one cut off.
server.keepAliveTimeout = 65_000;
server.headersTimeout = 66_000;
server.listen(Number(PORT), HOST);
server.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});

if (BEHAVIOUR === "slow-start") {
  setTimeout(() => (ready = true), milliseconds(slowStart));
}
if (BEHAVIOUR === "crash") {
  setTimeout(() => process.exit(1), milliseconds(crashAfter));
}

process.on("SIGTERM", () => {
  leaving = true;
  setTimeout(() => server.close(() => process.exit(0)), milliseconds(lingering));
});
// Ctrl-C reaches the whole process group; only the cloud decides when a machine ends.
process.on("SIGINT", () => undefined);
// A cloud that vanished takes its machines with it.
process.on("disconnect", () => process.exit(0));
if (process.send && !process.connected) {
  process.exit(0);
}
