import { byColor } from "../deployment/model.ts";
import type { StackOutputs } from "../deployment/stack-outputs.ts";
import { foundation, machine } from "./components/two-fleets.ts";

const weights = { blue: 100, green: 0 };
const capacity = byColor(() => ({ minSize: 2, maxSize: 4 }));
const images = { blue: "ami-00000000000000001", green: "ami-00000000000000002" };
const targetGroupArns = byColor((color) => `arn:tg/${color}`);
const listenerArn = "arn:listener";

/** What a stack says of itself: blue serves, green stands by. */
export const stackOutputsOf = (change: Partial<StackOutputs> = {}): StackOutputs => ({
  url: "https://app",
  previewUrl: "https://app:9090",
  previewUsage: "curl https://app:9090",
  activeColor: "blue",
  weights,
  images,
  fleets: byColor((color) => ({ groupName: `app-${color}-group-1`, capacity: capacity[color] })),
  listenerArn,
  targetGroupArns,
  rollbackReady: { ready: true, to: "green" },
  releases: { tableName: "t" },
  notifications: { topicArn: "arn:topic" },
  alarms: { ...byColor(() => ({ composite: "c", parts: ["p"] })), loadBalancer: [] },
  dashboard: { name: "d", url: "u" },
  logGroups: { blue: "b", green: "g", jobs: "j" },
  jobs: { instanceProfileArn: "arn:jobs" },
  deployed: {
    activeColor: "blue",
    weights,
    machines: byColor((color) => machine(images[color])),
    capacity,
    foundation,
    listenerArn,
    targetGroupArns,
  },
  ...change,
});
