import type { Clock } from "../clock.ts";
import { addressOf } from "../loopback.ts";
import type { Hardware } from "./instances.ts";
import { ProcessMachine } from "./process-machine.ts";
import { environmentOf } from "./user-data.ts";

/** What processes that stand for machines are made with. */
export interface ProcessesArgs {
  clock: Clock;
  log: (line: string) => void;
  /** Environment by which a program finds AWS; default: none. */
  aws?: () => Record<string, string>;
  /** File that stands for the services' backing store: it holds the number of its schema. Default: they have none. */
  store?: string;
  /** Takes what a service writes, as the CloudWatch agent of the images sends it: to the log group of the instance's colour. */
  toLogGroup?: (group: string, line: string) => void;
}

/**
 * Hardware of the ordinary rehearsal: a process for each machine, on a loopback address of its own.
 * An image whose tag `rehearsal:program` names a program runs that, with AWS within its reach.
 */
export function processes({ clock, log, aws, store, toLogGroup }: ProcessesArgs): Hardware {
  return async ({ id, privateIp, userData, imageTags }, appPort) => {
    const address = await addressOf(privateIp, appPort);
    const program = imageTags["rehearsal:program"];
    const given = environmentOf(userData);
    const { BLUEGREEN_SETTINGS: settings, BLUEGREEN_COLOR: color } = given;
    const machine = new ProcessMachine({
      clock,
      program,
      onLine(line) {
        log(`${id} ${line}`);
        if (settings && color) toLogGroup?.(`${settings}/${color}`, line);
      },
      environment: {
        ...given,
        HOST: address.host,
        PORT: String(address.port),
        VERSION: imageTags.Version ?? "unknown",
        COMMIT: imageTags.Commit ?? "unknown",
        SCHEMA_MIN: imageTags.SchemaMin ?? "1",
        SCHEMA_MAX: imageTags.SchemaMax ?? "1",
        ...(store === undefined ? {} : { STORE: store }),
        BEHAVIOUR: imageTags["rehearsal:behaviour"] ?? "good",
        INSTANCE_ID: id,
        ...(program === undefined ? {} : { ...aws?.(), BLUEGREEN_INSTANCE_ID: id }),
        TIME_SCALE: String(clock.timeScale),
      },
    });
    return { machine, ...address };
  };
}
