import autocannon from "autocannon";
import { endWithParent } from "../../tools/process.ts";
import { observe } from "./observer.ts";
import type { ConstantLoad, FromGenerator, GreatestLoad, ToGenerator } from "./protocol.ts";
import { type Sample, shares } from "./samples.ts";

/** Seconds after which a request that nobody answered has failed. */
const TIMEOUT = 5;
/** Milliseconds between two deliveries of samples. */
const DELIVERY = 200;

/** The process that makes the load: apart from the rehearsal, so that neither waits for the other. */
process.on("message", (message: ToGenerator) => {
  if (message.kind === "flush") return flush(message.id);
  if (message.load.kind === "constant") constant(message.load);
  else void greatest(message.load);
});
endWithParent();

let waiting: Sample[] = [];

/**
 * autocannon sends what a second allows at the beginning of that second. One instance a connection, each begun a little
 * later than the one before, spreads the requests over the whole second.
 */
function constant({ url, rate, connections, maxSeconds }: ConstantLoad): void {
  const rates = shares(rate, connections).filter((share) => share > 0);
  rates.forEach((connectionRate, i) => {
    const begin = (): void =>
      void autocannon({
        url,
        connections: 1,
        connectionRate,
        duration: maxSeconds,
        timeout: TIMEOUT,
        setupClient: (client) => observe(client, (sample) => waiting.push(sample)),
      });
    setTimeout(begin, (i * 1000) / rates.length);
  });
  setInterval(deliver, DELIVERY);
  setTimeout(() => flush(0, () => process.exit(0)), maxSeconds * 1000);
  send({ kind: "started" });
}

async function greatest({ url, connections, seconds }: GreatestLoad): Promise<void> {
  const counts = { sent: 0, failed: 0 };
  const errors: Sample[] = [];
  const record = (sample: Sample): void => {
    counts.sent++;
    if (sample.failure === undefined) return;
    counts.failed++;
    if (errors.length < 20) errors.push(sample);
  };
  const setupClient = (client: autocannon.Client): void => observe(client, record);
  const result = await autocannon({ url, connections, duration: seconds, timeout: TIMEOUT, setupClient });
  const { p50, p99, max } = result.latency;
  const perSecond = (counts.sent - counts.failed) / result.duration;
  const throughput = { ...counts, perSecond, latency: { p50, p99, max }, errors };
  process.send?.({ kind: "throughput", throughput } satisfies FromGenerator, () => process.exit(0));
}

function deliver(): void {
  if (waiting.length > 0) send({ kind: "samples", samples: waiting });
  waiting = [];
}

function flush(id: number, after: () => void = () => undefined): void {
  deliver();
  process.send?.({ kind: "flushed", id } satisfies FromGenerator, after);
}

function send(message: FromGenerator): void {
  if (process.connected) process.send?.(message);
}
