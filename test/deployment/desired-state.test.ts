import { schema, type Settings } from "../../config/schema.ts";
import { desiredState, imageIds, servesHttps } from "../../deployment/desired-state.ts";

const settings = (given: Partial<Settings>): Settings => ({ ...schema.parse({}), ...given });

test.each<[Partial<Settings>, { blue: string; green: string }]>([
  [
    { blueAmi: "ami-1", greenAmi: "ami-2" },
    { blue: "ami-1", green: "ami-2" },
  ],
  [{ blueAmi: "ami-1" }, { blue: "ami-1", green: "ami-1" }],
  [{ greenAmi: "ami-2" }, { blue: "ami-2", green: "ami-2" }],
  [{}, { blue: "", green: "" }],
])("given the images %j, then each colour has its own or else the other's", (given, expected) =>
  expect(imageIds(settings(given))).toEqual(expected),
);

test.each<[Partial<Settings>, boolean]>([
  [{}, false],
  [{ domain: "app.example.com" }, true],
  [{ certificateArn: "arn:aws:acm:eu-central-1:1:certificate/1" }, true],
])("given %j, then HTTPS is served: %s", (given, expected) => expect(servesHttps(settings(given))).toBe(expected));

test("given settings and boot gates, then machines and foundation are theirs, and the rest is as it was set", () => {
  const given = settings({
    blueAmi: "ami-1",
    greenAmi: "ami-2",
    instanceType: "m7i.large",
    detailedMonitoring: false,
    healthCheckPath: "/up",
    versionPath: "/about",
    domain: "a.example",
    vpcId: "vpc-1",
    vpcCidr: "10.9.0.0/16",
    availabilityZoneCount: 3,
    appPort: 4000,
    standbyWeight: 7,
  });
  const machine = {
    instanceType: "m7i.large",
    detailedMonitoring: false,
    healthCheckPath: "/up",
    versionPath: "/about",
    volumeInitializationRate: undefined,
    customerKey: false,
  };
  expect(desiredState(given, { blue: true, green: false }, ["c", "a", "b"])).toEqual({
    ...given,
    machines: {
      blue: { ...machine, imageId: "ami-1", bootGate: true },
      green: { ...machine, imageId: "ami-2", bootGate: false },
    },
    foundation: {
      vpcId: "vpc-1",
      vpcCidr: "10.9.0.0/16",
      availabilityZoneCount: 3,
      availabilityZones: ["c", "a", "b"],
      appPort: 4000,
      https: true,
      customerKey: false,
    },
  });
});
