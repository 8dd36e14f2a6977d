import type { ReleaseRevision } from "../../components/release-revision.ts";
import {
  byColor,
  type Capacity,
  type CurrentState,
  type ImmutableSettings,
  type LaunchSpec,
  type DesiredState,
} from "../../deployment/model.ts";

/** What an image of that id is run on. */
export const machine = (imageId: string): LaunchSpec => ({
  imageId,
  instanceType: "t3.small",
  detailedMonitoring: false,
  healthCheckPath: "/readyz",
  versionPath: "/version",
  bootGate: true,
  customerKey: false,
});
export const foundation: ImmutableSettings = {
  vpcCidr: "10.0.0.0/16",
  availabilityZoneCount: 2,
  appPort: 3000,
  https: false,
  customerKey: false,
};
/** Blue serves, green is warm with the next image. */
export const warm: DesiredState = {
  activeColor: "blue",
  standby: "warm",
  standbyWeight: 0,
  minSize: 2,
  maxSize: 4,
  capacityFloor: 0,
  previewSize: 0,
  machines: { blue: machine("v1"), green: machine("v2") },
  foundation,
};
/** The same, deployed. */
export const serving: CurrentState = {
  activeColor: "blue",
  weights: { blue: 100, green: 0 },
  machines: warm.machines,
  capacity: byColor(() => ({ minSize: 2, maxSize: 4 })),
  foundation,
};
export const off: Capacity = { minSize: 0, maxSize: 0 };

/** What the commands wrote last: blue serves, green stands by. */
export const lastRevision: ReleaseRevision = {
  revision: 5,
  settings: {
    activeColor: "blue",
    blueAmi: "v1",
    greenAmi: "v2",
    standby: "warm",
    standbyWeight: 0,
    capacityFloor: 0,
    previewSize: 0,
  },
  by: "alice@desk",
  at: "2026-11-27T12:00:00Z",
};
