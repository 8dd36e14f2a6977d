/**
 * Proves that two releases of this service read what the other one writes: sessions, and the number of the store's schema.
 * `bluegreen` runs it once for each step, and says by its environment what to do (BLUEGREEN_ROLLBACK: write or read), whom to ask
 * (BLUEGREEN_PREVIEW_URL, BLUEGREEN_PREVIEW_HEADER, BLUEGREEN_COLOR) and where to leave what the reader needs
 * (BLUEGREEN_ROLLBACK_FILE). Exit code 0: it is as it should be; else the last line says what is not. It leaves a session that
 * expires as all do.
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";

/** Milliseconds for one answer. */
const patience = 5_000;

const person = "rollback-check";

const session = z.object({
  id: z.string(),
  user: z.string().optional(),
  count: z.number(),
  since: z.string(),
  versions: z.array(z.string()),
});
const about = z.object({ version: z.string(), store: z.object({ schema: z.number() }).optional() });
/** What the writer leaves: the cookies by their names, the session as it was answered last, and the store's schema. */
const left = z.object({ cookies: z.record(z.string(), z.string()), session, schema: z.number().optional() });

type Left = z.output<typeof left>;

/** Why the check is not passed, as one line. */
class Fault extends Error {}

const needed = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === "") throw new Fault(`${name} is not set: bluegreen check --rollback sets it`);
  return value;
};

async function main(): Promise<void> {
  const action = needed("BLUEGREEN_ROLLBACK");
  const file = needed("BLUEGREEN_ROLLBACK_FILE");
  if (action !== "write" && action !== "read")
    throw new Fault(`BLUEGREEN_ROLLBACK is ${JSON.stringify(action)}. Allowed: write, read`);
  // The file opens a session.
  const keep = (written: Left): void => writeFileSync(file, JSON.stringify(written), { mode: 0o600 });
  keep(await (action === "write" ? written() : read(as(left, file, JSON.parse(readFileSync(file, "utf8"))))));
}

/** Begins a session, and counts a request in it. */
async function written(): Promise<Left> {
  const { schema } = await told();
  const begun = await asked("/login", {}, new URLSearchParams({ name: person }));
  const counted = await asked("/session", begun.cookies);
  const after = as(session, "GET /session", counted.body);
  if (after.count !== 1 || after.user !== person)
    throw new Fault(`GET /session answered user ${after.user} and count ${after.count} for a new session of ${person}`);
  return { cookies: counted.cookies, session: after, schema };
}

/** Finds the session as it was left, and goes on with it. */
async function read(before: Left): Promise<Left> {
  const { schema, version } = await told();
  if (schema !== before.schema)
    throw new Fault(`GET /version tells schema ${schema} of the store, which was ${before.schema}`);
  const shown = as(session, "GET /dashboard", (await asked("/dashboard", before.cookies)).body);
  mustEqual("/dashboard", shown, before.session);
  const counted = await asked("/session", before.cookies);
  const after = as(session, "GET /session", counted.body);
  const versions = [...new Set([...before.session.versions, version])];
  mustEqual("/session", after, { ...before.session, count: before.session.count + 1, versions });
  return { cookies: counted.cookies, session: after, schema };
}

/** @throws Fault when it is of another form */
function as<T>(form: z.ZodType<T>, what: string, value: unknown): T {
  const { success, data, error } = form.safeParse(value);
  if (success) return data;
  const [{ path, message }] = error.issues;
  throw new Fault(`${what} is of another form: ${path.join(".")}: ${message}`);
}

function mustEqual(path: string, found: Left["session"], expected: Left["session"]): void {
  for (const key of session.keyof().options) {
    const [is, was] = [JSON.stringify(found[key]), JSON.stringify(expected[key])];
    if (is !== was) throw new Fault(`GET ${path} answered ${key} ${is}; it must be ${was}`);
  }
}

async function told(): Promise<{ version: string; schema: number | undefined }> {
  const { version, store } = as(about, "GET /version", (await asked("/version", {})).body);
  return { version, schema: store?.schema };
}

/** Asks the colour through the preview listener; gives the body, and the cookies by then. */
async function asked(path: string, cookies: Left["cookies"], form?: URLSearchParams) {
  const [name, value] = needed("BLUEGREEN_PREVIEW_HEADER").split(": ");
  const what = `${form === undefined ? "GET" : "POST"} ${path}`;
  const cookie = Object.entries(cookies)
    .map(([key, text]) => `${key}=${text}`)
    .join("; ");
  const answer = await fetch(new URL(path, needed("BLUEGREEN_PREVIEW_URL")), {
    method: form === undefined ? "GET" : "POST",
    body: form,
    headers: { [name]: value, cookie },
    redirect: "manual",
    signal: AbortSignal.timeout(patience),
  }).catch((error: Error) => {
    throw new Fault(`${what} failed: ${error.cause instanceof Error ? error.cause.message : error.message}`);
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Fault(`${what} answered ${answer.status}: ${text.trim()}`);
  const [color, wanted] = [answer.headers.get("x-color"), needed("BLUEGREEN_COLOR")];
  if (color !== wanted) throw new Fault(`${what} was answered by ${color}, and ${wanted} was asked`);
  const given = answer.headers.getSetCookie().map((one) => one.split(";", 1)[0].split(/=(.*)/s, 2));
  return {
    body: JSON.parse(text) as unknown,
    cookies: { ...cookies, ...(Object.fromEntries(given) as Left["cookies"]) },
  };
}

main().catch((error: unknown) => {
  console.error((error instanceof Error ? error.message : String(error)).replace(/\s+/g, " "));
  process.exitCode = 1;
});
