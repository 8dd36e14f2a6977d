import type { Abandoned, Lock, ReleaseRecord } from "../../../cli/state/model.ts";
import type { Begun } from "../../../cli/store/record.ts";

export const holder = { by: "ann@laptop", host: "laptop", pid: 4711 };
export const lock: Lock = {
  token: "hers",
  kind: "change",
  holder,
  doing: "release v2.0.0",
  since: "2026-11-21T10:00:00.000Z",
  expires: 60_000,
  abandoned: [],
  version: 0,
};

export const abandoned: Abandoned = {
  holder,
  engine: { host: "laptop", pid: 4712, birth: "boot/ns/7", startedAt: "2026-11-21T10:00:00.000Z" },
  heard: 0,
};

export const begun: Begun = {
  stack: "prod",
  color: "green",
  image: { imageId: "ami-0b", version: "v2.0.0", commit: "2222222222222222" },
  from: { color: "blue", image: { imageId: "ami-0a" } },
  by: "ann@laptop",
};

export const record: ReleaseRecord = {
  ...begun,
  id: "2026-11-21T10:00:00.000Z-ab12",
  startedAt: "2026-11-21T10:00:00.000Z",
  stage: "stage",
  outcome: "running",
  weights: [],
  checks: [],
};
