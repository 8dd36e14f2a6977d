import fc from "fast-check";
import { planUpdate, type Planned } from "../../deployment/plan.ts";
import {
  byColor,
  colors,
  gaining,
  type ByColor,
  type Color,
  type CurrentState,
  type DesiredState,
} from "../../deployment/model.ts";

/** A valid state of the settings that traffic depends on, as one line of the table. */
interface State {
  activeColor: Color;
  standby: "off" | "warm";
  standbyWeight: number;
  images: ByColor<string>;
  capacityFloor: number;
  previewSize: number;
}

const modes = [
  { standby: "off", standbyWeight: 0 },
  { standby: "warm", standbyWeight: 0 },
  { standby: "warm", standbyWeight: 10 },
  { standby: "warm", standbyWeight: 100 },
] as const;

const sizes = [
  { capacityFloor: 0, previewSize: 0 },
  { capacityFloor: 3, previewSize: 0 },
  { capacityFloor: 3, previewSize: 1 },
];

const states: State[] = colors.flatMap((activeColor) =>
  modes.flatMap((mode) =>
    sizes.flatMap((size) =>
      ["v1", "v2"].flatMap((blue) =>
        ["v1", "v2"].map((green) => ({ activeColor, ...mode, ...size, images: { blue, green } })),
      ),
    ),
  ),
);

const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));

const foundation = {
  vpcCidr: "10.0.0.0/16",
  availabilityZoneCount: 2,
  appPort: 3000,
  https: false,
  customerKey: false,
};

const wantedOf = ({ images, ...state }: State, bootGate = false): DesiredState => ({
  ...state,
  minSize: 2,
  maxSize: 4,
  machines: byColor((color) => ({
    imageId: images[color],
    instanceType: "t3.small",
    detailedMonitoring: false,
    healthCheckPath: "/readyz",
    versionPath: "/version",
    bootGate,
    customerKey: false,
  })),
  foundation,
});

/** The stack's state after an update that went through. */
const deployedBy = ({ plan }: Planned, { activeColor }: State): CurrentState => ({ ...plan, activeColor, foundation });

const deployedOf = (state: State) => deployedBy(planUpdate(wantedOf(state), undefined), state);

/** The guards as the design says them, worked out from the settings alone: what is wrong with going from one to the other. */
function forbidden(from: State, to: State): string[] {
  const share = (state: State, color: Color) =>
    state.activeColor === color ? 100 - state.standbyWeight : state.standbyWeight;
  const least = (state: State, color: Color) => {
    if (state.activeColor !== color && state.standby === "off") return 0;
    if (state.activeColor !== color && state.previewSize === 1) return 1;
    return state.capacityFloor === 3 ? 3 : 2;
  };
  const found = new Set<string>();
  for (const color of colors) {
    const imageChanges = from.images[color] !== to.images[color];
    const had = share(from, color) > 0;
    if (imageChanges && had) found.add("image in place");
    if (imageChanges && !had && share(to, color) > 0) found.add("image serves at once");
  }
  const flips = from.activeColor !== to.activeColor;
  const moves = share(from, "blue") !== share(to, "blue");
  if (flips && to.standby === "off") found.add("flip without a rollback");
  else if (moves && colors.some((color) => least(to, color) < least(from, color))) found.add("shrinks while moving");
  return [...found].sort();
}

const kinds: [string, RegExp][] = [
  ["image in place", /its image may not change in place/],
  ["image serves at once", /would change its image .* and start to serve in one update/],
  ["flip without a rollback", /with standby: off would empty/],
  ["shrinks while moving", /an update that moves traffic may not shrink a fleet/],
];

function kindOf(refusal: string): string {
  const found = kinds.filter(([, pattern]) => pattern.test(refusal));
  if (found.length !== 1) throw new Error(`nobody expected the refusal: ${refusal}`);
  return found[0][0];
}

const told = ({ images, ...state }: State) => JSON.stringify({ ...state, ...images });

/** So many pairs are shown of those that fail: thousands would hide what they have in common. */
const shown = 5;

/** Pairs for which a law does not hold, readable: the first ones, and how many there are. Empty: it holds for all. */
function against(law: (from: State, to: State, planned: Planned, before: CurrentState) => boolean): string[] {
  const failing = pairs
    .map(([from, to]) => ({ from, to, before: deployedOf(from), planned: planUpdate(wantedOf(to), deployedOf(from)) }))
    .filter(({ from, to, planned, before }) => !law(from, to, planned, before))
    .map(({ from, to, planned }) => `${told(from)} -> ${told(to)}: ${planned.refusals[0] ?? "allowed"}`);
  const more = failing.length > shown ? [`and ${failing.length - shown} more of ${pairs.length} pairs`] : [];
  return [...failing.slice(0, shown), ...more];
}

/** The same for allowed pairs alone. */
const againstWhenAllowed = (law: Parameters<typeof against>[0]) =>
  against((from, to, planned, before) => planned.refusals.length > 0 || law(from, to, planned, before));

const smaller = (before: CurrentState, { plan }: Planned, color: Color) =>
  plan.capacity[color].minSize < before.capacity[color].minSize ||
  plan.capacity[color].maxSize < before.capacity[color].maxSize;

test("given a law that no pair keeps, then five are shown in a line each, and how many more there are", () => {
  const failing = against(() => false);
  expect(failing).toHaveLength(shown + 1);
  expect(failing.at(-1)).toBe(`and ${pairs.length - shown} more of ${pairs.length} pairs`);
  expect(failing.join("\n").length).toBeLessThan(3_000);
});

describe("every transition", () => {
  test("there are as many as the settings allow", () => {
    expect(pairs).toHaveLength(96 * 96);
    expect(pairs.filter(([from, to]) => forbidden(from, to).length === 0).length).toBeGreaterThan(500);
  });

  test("is allowed, or refused for the very reasons that the design gives", () => {
    const wrong = against(
      (from, to, { refusals }) =>
        JSON.stringify([...new Set(refusals.map(kindOf))].sort()) === JSON.stringify(forbidden(from, to)),
    );
    expect(wrong).toEqual([]);
  });

  test("that is refused names the colour or setting and what to do instead", () => {
    const advice =
      /Keep (blue|green)Ami|First update with activeColor|Set standby: warm|Move traffic first|Set previewSize: 0/;
    expect(against((_, __, { refusals }) => refusals.every((refusal) => advice.test(refusal)))).toEqual([]);
  });

  test("gives weights that add up to 100, none below 0", () => {
    const law = ({ plan: { weights } }: Planned) =>
      weights.blue + weights.green === 100 && Math.min(weights.blue, weights.green) >= 0;
    expect(against((_, __, planned) => law(planned))).toEqual([]);
  });
});

describe("every allowed transition", () => {
  test("leaves a colour with traffic, before or after, the machine it has", () => {
    const wrong = againstWhenAllowed((_, __, { plan }, before) =>
      colors.every(
        (color) =>
          (before.weights[color] === 0 && plan.weights[color] === 0) ||
          JSON.stringify(plan.machines[color]) === JSON.stringify(before.machines[color]),
      ),
    );
    expect(wrong).toEqual([]);
  });

  test("leaves each image the boot gate that it was deployed with, when all tags have changed since", () => {
    const wrong = pairs.filter(([from, to]) => {
      const { plan } = planUpdate(wantedOf(to, true), deployedOf(from));
      return colors.some((color) => plan.machines[color].bootGate !== (from.images[color] !== to.images[color]));
    });
    expect(wrong.map(([from, to]) => `${told(from)} -> ${told(to)}`)).toEqual([]);
  });

  test("shrinks no fleet when it moves traffic", () => {
    const wrong = againstWhenAllowed(
      (_, __, planned, before) =>
        planned.plan.weights.blue === before.weights.blue || !colors.some((color) => smaller(before, planned, color)),
    );
    expect(wrong).toEqual([]);
  });

  test("brings up, and waits for, every colour that gets requests before the listener", () => {
    const wrong = againstWhenAllowed((_, __, { plan }) =>
      colors.every((color) => {
        const before = plan.beforeListener.includes(color);
        if (plan.weights[color] === 0) return !before;
        return before && (plan.awaited.includes(color) || color === plan.abortTo) && plan.capacity[color].minSize > 0;
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("waits for no fleet that is off, and for every warm one but that which just lost its traffic, and that which takes a canary's share back", () => {
    const wrong = againstWhenAllowed((_, to, { plan }, before) =>
      colors.every((color) => {
        const lost = before.weights[color] > 0 && plan.weights[color] === 0;
        const [had, has] = [before.weights[color], plan.weights[color]];
        const back = color === before.activeColor && color === to.activeColor && had > 0 && has > had;
        return plan.awaited.includes(color) === (plan.capacity[color].maxSize > 0 && !lost && !back);
      }),
    );
    expect(wrong).toEqual([]);
  });

  test("between two warm states that differ in the colour alone changes weights and nothing else", () => {
    const flips = pairs.filter(
      ([from, to]) =>
        from.activeColor !== to.activeColor &&
        from.standby === "warm" &&
        from.previewSize === 0 &&
        told({ ...from, activeColor: "blue" }) === told({ ...to, activeColor: "blue" }),
    );
    expect(flips).toHaveLength(2 * 3 * 2 * 4);
    for (const [from, to] of flips) {
      const before = deployedOf(from);
      const { plan, refusals } = planUpdate(wantedOf(to), before);
      expect(refusals).toEqual([]);
      expect(plan).toMatchObject({ machines: before.machines, capacity: before.capacity, deferred: [] });
      expect(plan.weights).toEqual({ blue: before.weights.green, green: before.weights.blue });
    }
  });
});

test("given a sequence of random updates, of which the refused ones change nothing, then every rule holds after each", () => {
  const state = fc.record({
    activeColor: fc.constantFrom(...colors),
    mode: fc.oneof(
      fc.constant({ standby: "off" as const, standbyWeight: 0 }),
      fc.record({ standby: fc.constant("warm" as const), standbyWeight: fc.integer({ min: 0, max: 100 }) }),
    ),
    images: fc.record({ blue: fc.constantFrom("v1", "v2", "v3"), green: fc.constantFrom("v1", "v2", "v3") }),
    capacityFloor: fc.constantFrom(0, 2, 3, 4),
    previewSize: fc.constantFrom(0, 1, 3),
  });
  const life = fc.array(state, { minLength: 2, maxLength: 30 });
  let moved = 0;
  fc.assert(
    fc.property(life, (wishes) => {
      let now: CurrentState | undefined;
      for (const { mode, ...rest } of wishes) {
        const wish = { ...rest, ...mode };
        const planned = planUpdate(wantedOf(wish), now);
        if (planned.refusals.length > 0) continue;
        const after = deployedBy(planned, wish);
        expect(after.weights.blue + after.weights.green).toBe(100);
        for (const color of now ? colors : []) {
          const [before, [had, has]] = [now as CurrentState, [now?.weights[color] ?? 0, after.weights[color]]];
          if (had > 0 || has > 0) expect(after.machines[color]).toEqual(before.machines[color]);
          if (had > 0 && has === 0) expect(smaller(before, planned, color)).toBe(false);
          if (had !== has) moved++;
        }
        for (const color of gaining(after.weights, now?.weights))
          expect(color === planned.plan.abortTo || planned.plan.awaited.includes(color)).toBe(true);
        now = after;
      }
    }),
    { numRuns: 300 },
  );
  expect(moved).toBeGreaterThan(0);
});
