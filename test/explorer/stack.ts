import type { ReleaseRecord } from "../../cli/state/model.ts";
import { colors, byColor, type Color } from "../../deployment/model.ts";
import { Aws, commitOf, type SimulatedImage } from "./aws.ts";
import { Backend } from "./engine.ts";
import { useOperatingSystem } from "./operating-system.ts";
import type { Process, Simulation } from "./simulation.ts";

const image = (digit: number, version: string, nature: SimulatedImage["nature"] = "good"): SimulatedImage => ({
  id: `ami-0000000000000000${digit}`,
  version,
  nature,
});

/** What may be released, by the name that histories give it. */
export const images = {
  V0: image(0, "v0.9.0"),
  V1: image(1, "v1.0.0"),
  X: image(2, "v2.0.0"),
  Y: image(3, "v3.0.0"),
  Dead: image(4, "v4.0.0", "dead"),
  Bad: image(5, "v5.0.0", "failsUnderTraffic"),
  Broken: image(6, "v6.0.0", "failsChecks"),
  Alien: image(7, "v7.0.0", "writesForItself"),
} as const;
export type ImageName = keyof typeof images;

/** Where a history begins. */
export interface Beginning {
  readonly serving: Color;
  readonly size: number;
  /** Whether the colour that does not serve, with V0, is warm. */
  readonly standby: "off" | "warm";
}

export const bounds = { minSize: 2, maxSize: 5 } as const;

/** Settings' files: one a checkout. */
export const checkouts = ["one", "two", "three"] as const;
export const folderOf = (checkout: string): string => `/checkout/${checkout}`;

/** A stack that stands: AWS, state and checkouts agree. */
export class Stack {
  readonly aws: Aws;
  readonly backend: Backend;
  readonly files = new Map<string, string>();
  readonly simulation: Simulation;
  /** Images that have written, by the file of their proof. */
  private readonly written = new Map<string, string>();

  constructor(simulation: Simulation, { serving, size, standby }: Beginning) {
    this.simulation = simulation;
    this.aws = new Aws(simulation, Object.values(images));
    this.backend = new Backend(this.aws, this.files);
    const { aws, backend } = this;
    const bound = { off: { minSize: 0, maxSize: 0 }, warm: bounds };
    const capacity = byColor((color) => (color === serving ? bounds : bound[standby]));
    const imageOf = (color: Color) => (color === serving ? images.V1.id : images.V0.id);
    const groupNames = byColor((color) => `app-${color}-group-000000${color === "blue" ? 1 : 2}`);
    aws.weights = byColor((color) => (color === serving ? 100 : 0));
    for (const color of colors) {
      const [name, { minSize: min, maxSize: max }] = [groupNames[color], capacity[color]];
      aws.createGroup({ name, color, image: imageOf(color), version: "1", min, max }, true);
      while (color === serving && aws.groupOf(name).desired < size) aws.scale(color);
      for (const instance of aws.groupOf(name).instances) instance.healthyAt = simulation.time;
      const policy = `app-${color}-cpu-000000${color === "blue" ? 3 : 4}`;
      aws.groupOf(name).policies.push(policy);
      backend.state.resources.push(
        { name: `app-${color}-template`, id: `lt-${color}`, image: imageOf(color), version: "1" },
        { name: `app-${color}-group`, id: name, version: "1", capacity: capacity[color] },
        { name: `app-${color}-cpu`, id: policy, group: name },
      );
    }
    backend.state.resources.push({ name: "app-listener", id: "listener", weights: { ...aws.weights } });
    const machine = (imageId: string) => ({
      imageId,
      instanceType: "t3.small",
      detailedMonitoring: true,
      bootGate: false,
      customerKey: false,
      healthCheckPath: "/readyz",
      versionPath: "/version",
    });
    const foundation = {
      vpcCidr: "10.0.0.0/16",
      availabilityZoneCount: 2,
      appPort: 3000,
      https: false,
      customerKey: false,
    };
    const machines = byColor((color) => machine(imageOf(color)));
    const deployed = { activeColor: serving, weights: { ...aws.weights }, machines, capacity, foundation };
    backend.state.outputs = { deployed, groupNames };
    for (const checkout of checkouts)
      this.files.set(
        `${folderOf(checkout)}/Pulumi.dev.yaml`,
        [
          "config:",
          "  aws:region: eu-central-1",
          `  bluegreen:activeColor: ${serving}`,
          `  bluegreen:blueAmi: ${imageOf("blue")}`,
          `  bluegreen:greenAmi: ${imageOf("green")}`,
          `  bluegreen:standby: ${standby}`,
          ...[`  bluegreen:minSize: ${bounds.minSize}`, `  bluegreen:maxSize: ${bounds.maxSize}`],
          ...["  bluegreen:allowHttp: true", '  bluegreen:allowedCidrs: ["0.0.0.0/0"]', ""],
        ].join("\n"),
      );
    useOperatingSystem({
      simulation,
      files: this.files,
      engine: (process, folder, args, print) => backend.run(process, folder, args, print),
      team: (process) => this.proof(process),
      pulumi: (args) => backend.pulumi(args),
      preview: (color) => this.answer(color),
    });
  }

  /** Records as the table has them, newest last. */
  records(): ReleaseRecord[] {
    const items = [...this.aws.table.items.values()].filter(({ pk }) => pk.S === "release");
    items.sort((one, another) => ((one.sk.S ?? "") < (another.sk.S ?? "") ? -1 : 1));
    return items.map(({ body }) => JSON.parse(body.S ?? "") as ReleaseRecord);
  }

  /** A person writes settings: `activeColor=green`, `greenAmi=Y`. */
  edit(folder: string, changes: readonly string[]): void {
    const file = `${folder}/Pulumi.dev.yaml`;
    let text = this.files.get(file) ?? "";
    for (const change of changes) {
      const [key, value] = change.split("=");
      const line = `  bluegreen:${key}: ${images[value as ImageName]?.id ?? value}\n`;
      text = text.replace(new RegExp(`  bluegreen:${key}:.*\n`), "") + line;
    }
    this.files.set(file, text);
  }

  /** The team's command that proves a rollback: who has written, by the file that its reader gets. */
  private async proof({ env }: Process): Promise<number> {
    const { BLUEGREEN_ROLLBACK: action, BLUEGREEN_ROLLBACK_FILE: file = "" } = env;
    const color = env.BLUEGREEN_COLOR as Color;
    return this.simulation.call({ label: `${action} through ${color}`, write: true }, () => {
      const own = this.aws.healthy(color)[0]?.image;
      if (own === undefined || this.answer(color).status !== 200) return 1;
      if (action === "write") this.written.set(file, own);
      const writer = this.written.get(file);
      return writer === own || writer !== images.Alien.id ? 0 : 1;
    });
  }

  /** What an instance of a colour answers through the preview listener. */
  private answer(color: Color): { status: number; body: string } {
    const [instance] = this.aws.healthy(color);
    const found = Object.values(images).find(({ id }) => id === instance?.image);
    if (found === undefined) return { status: 503, body: "" };
    const { id, nature } = found;
    const { failing, weights } = this.aws;
    const fails = failing.has(id) || nature === "failsChecks" || (nature === "failsUnderTraffic" && weights[color] > 0);
    return fails
      ? { status: 500, body: "" }
      : { status: 200, body: JSON.stringify({ version: found.version, commit: commitOf(found.version) }) };
  }
}
