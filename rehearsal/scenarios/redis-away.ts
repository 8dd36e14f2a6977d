import path from "node:path";
import { DescribeAlarmsCommand } from "@aws-sdk/client-cloudwatch";
import { registerReference } from "../images/reference.ts";
import { putSettings } from "../machines.ts";
import { startRedis } from "../redis.ts";
import { cloudWatch } from "./aws.ts";
import { quick } from "./commands.ts";
import { runCommand } from "./commands-process.ts";
import { pause, until, type Context, type Step } from "./context.ts";
import { fixtures } from "./release.ts";

/** What the step works with: two images of the reference service, and the process of its Redis server. */
interface Scene {
  readonly serving: string;
  readonly next: string;
  readonly redis: number;
  stop(): Promise<void>;
}

/** Machines run the reference service already; processes get it, and a Redis server, for this step. */
async function prepared(context: Context): Promise<Scene> {
  const { machineImages, images, backingStore, client, timeScale, stack } = context.session;
  if (machineImages !== undefined && backingStore !== undefined) {
    return { serving: images["good-v2"], next: images["good-v1"], redis: backingStore, stop: () => Promise.resolve() };
  }
  const redis = await startRedis((line) => context.say(line));
  const folder = path.dirname(stack.stackRef.folder);
  const [serving, next] = await registerReference(["v5.0.0", "v5.1.0"], folder, client);
  await putSettings(client, "/bluegreen/dev", { redisUrl: redis.url, timeScale });
  return { serving, next, redis: redis.pid, stop: () => redis.stop() };
}

/** A person with a session. */
class Person {
  private readonly url: string;
  private readonly cookie: string;
  private readonly id: string;

  private constructor(url: string, cookie: string, id: string) {
    this.url = url;
    this.cookie = cookie;
    this.id = id;
  }

  static async logsIn(url: string, name: string): Promise<Person> {
    const answer = await fetch(`${url}/login`, { method: "POST", body: new URLSearchParams({ name }) });
    const cookie = answer.headers.get("set-cookie")?.split(";", 1)[0];
    if (!answer.ok || cookie === undefined)
      throw new Error(`a login was answered with ${answer.status} ${await answer.text()}`);
    return new Person(url, cookie, ((await answer.json()) as { id: string }).id);
  }

  /** The status of the dashboard's answer; a session that is another one rejects. */
  async looks(): Promise<number> {
    const answer = await fetch(`${this.url}/dashboard`, { headers: { cookie: this.cookie } });
    const { id } = (await answer.json()) as { id?: string };
    if (answer.ok && id !== this.id) throw new Error("somebody has another session than before");
    return answer.status;
  }
}

async function everybody(people: readonly Person[], status: number): Promise<boolean> {
  const statuses = await Promise.all(people.map((person) => person.looks()));
  return statuses.every((found) => found === status);
}

const readyz = async (url: string): Promise<string> =>
  (await fetch(`${url}/readyz`)).text().then((text) => text.replaceAll('"', ""));

/** Processes' lines reach their log groups; booted machines have no CloudWatch agent that could send them. */
const hasAgent = ({ session }: Context): boolean => session.machineImages === undefined;

async function degradedAlarmIs(context: Context, state: string): Promise<boolean> {
  const { MetricAlarms = [] } = await cloudWatch(context).send(new DescribeAlarmsCommand({}));
  const [found] = MetricAlarms.filter(({ AlarmName }) => /-degraded-[0-9a-f]{7}$/.test(AlarmName ?? ""));
  return found?.StateValue === state;
}

/** Redis stands still for two minutes, and for 20 s in a quick run; blue serves with two instances. */
async function outage(context: Context, { redis, next }: Scene): Promise<string> {
  const { main } = await context.urls();
  const before = await context.instances("blue");
  const people = await Promise.all(Array.from({ length: 10 }, (_, i) => Person.logsIn(main, `person ${i}`)));
  const begun = Date.now();
  const seconds = context.watchSeconds < 2 ? 20 : 120;
  process.kill(redis, "SIGSTOP");
  try {
    await until("both instances say that they are degraded", 10, async () => {
      const answers = await Promise.all(Array.from({ length: 6 }, () => readyz(main)));
      return answers.every((answer) => answer === "{status:degraded,because:[redis]}");
    });
    if (!(await everybody(people, 503)))
      throw new Error("a page of a session was not answered with 503 while Redis was away");
    const anonymous = await fetch(`${main}/session`);
    if (anonymous.status !== 401) throw new Error(`who has no session was answered with ${anonymous.status}`);
    await runCommand(context, ["release", next, ...quick], 3, /serves degraded: redis is away/);
    if (hasAgent(context)) await until("the alarm on it is on", 40, () => degradedAlarmIs(context, "ALARM"));
    await pause(Math.max(0, begun / 1000 + seconds - Date.now() / 1000));
  } finally {
    process.kill(redis, "SIGCONT");
  }
  const back = Date.now();
  await until("both instances are ready again", 15, async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => readyz(main)));
    return answers.every((answer) => answer === "{status:ready}");
  });
  const took = ((Date.now() - back) / 1000).toFixed(1);
  if (hasAgent(context)) await until("the alarm is over", 40, () => degradedAlarmIs(context, "OK"));
  if (!(await everybody(people, 200))) throw new Error("somebody was logged out");
  const ids = (instances: typeof before) =>
    instances
      .map(({ id }) => id)
      .sort()
      .join();
  const after = await context.instances("blue");
  if (ids(after) !== ids(before)) throw new Error(`instances were replaced: ${ids(before)} became ${ids(after)}`);
  if ((await context.healthy("blue")) !== before.length) throw new Error("not all instances are healthy afterwards");
  const { failed } = await context.traffic(begun);
  if (failed > 0) throw new Error(`${failed} requests without a session failed`);
  return `Redis stood still for ${seconds} s: no instance replaced, 10 sessions back ${took} s later`;
}

export const redisAway: Step = {
  name: "redis-away",
  title: "Redis is away under load: the fleet stays, pages without a session are answered, a release is refused",
  from: fixtures.green,
  async run(context) {
    const scene = await prepared(context);
    const standby = { ...fixtures.green(context), blueAmi: scene.serving, degradedAlarm: true };
    const serves = { ...standby, activeColor: "blue" };
    try {
      for (const fixture of [standby, serves, { ...serves, standby: "off" }]) await context.updated(fixture);
      const note = await outage(context, scene);
      // Whatever comes next finds images that need no Redis server.
      for (const fixture of [serves, standby, fixtures.released(context)]) await context.updated(fixture);
      return { touched: [], note };
    } finally {
      await scene.stop();
    }
  },
};
