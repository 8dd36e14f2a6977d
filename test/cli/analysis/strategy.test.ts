import fc from "fast-check";
import { nextMove, parseStrategy, type Move, type Strategy } from "../../../cli/analysis/strategy.ts";
import { CliError } from "../../../cli/error.ts";

const stepsOf = (text: string) => parseStrategy(text).steps.map(({ weight, seconds }) => `${weight}% ${seconds}s`);

test.each<[string, string[]]>([
  ["all-at-once", []],
  ["canary=10%,10m", ["10% 600s"]],
  ["canary=5%,10m,25%,1h30m", ["5% 600s", "25% 5400s"]],
  ["linear=25%/6m", ["25% 360s", "50% 360s", "75% 360s"]],
  ["linear=33%/90s", ["33% 90s", "66% 90s", "99% 90s"]],
  ["linear=99%/1s", ["99% 1s"]],
])("%s", (text, steps) => expect(stepsOf(text)).toEqual(steps));

test.each<[string, string[]]>([
  ["", ["no such kind"]],
  ["blue", ["no such kind"]],
  ["all-at-once=1", ["no such kind"]],
  ["a canary=10%,10m", ["no such kind"]],
  ["canary=10%,10m\n", ["no such kind"]],
  ["canary=", ["each weight needs a time after it"]],
  ["canary=10%", ["each weight needs a time after it"]],
  ["canary=10%,10m,20%", ["each weight needs a time after it"]],
  ["canary=0%,10m", ['"0%" must be a whole percentage from 1% to 99%']],
  ["canary=100%,10m", ['"100%" must be']],
  ["canary=+10%,10m", ['"+10%" must be']],
  ["canary=10%%,10m", ['"10%%" must be']],
  ["canary=1.5%,10m", ['"1.5%" must be']],
  ["canary=10,10x", ['"10" must be', '"10x" must be hours']],
  ["canary=10%,0s", ['"0s" must be', "more than 0s"]],
  ["canary=25%,1m,25%,1m", ["its weights must rise: 25% comes after 25%"]],
  ["canary=25%,1m,5%,1m", ["its weights must rise: 5% comes after 25%"]],
  ["linear=10%", ["one weight and one time"]],
  ["linear=10%/1m/1m", ["one weight and one time"]],
  ["linear=0%/1d", ['"0%" must be', '"1d" must be']],
])("fails on %j, and says all that is wrong", (text, expected) => {
  let message = "";
  try {
    parseStrategy(text);
  } catch (error) {
    expect(error).toMatchObject({ code: "usage" });
    message = (error as CliError).message;
  }
  for (const part of [...expected, JSON.stringify(text), "Allowed: all-at-once, canary=10%,10m"]) {
    expect(message).toContain(part);
  }
});

const shift = (weight: number): Move => ({ kind: "shift", weight });
const hold = (seconds: number): Move => ({ kind: "hold", seconds });
const flip: Move = { kind: "flip" };

test.each<[string, string, number, number, Move]>([
  ["all at once flips", "all-at-once", 0, 0, flip],
  ["all at once flips from any weight", "all-at-once", 40, 0, flip],
  ["the first step comes at once", "canary=10%,10m", 0, 999, shift(10)],
  ["a step is held", "canary=10%,10m", 10, 0, hold(600)],
  ["what is left of a step is held", "canary=10%,10m", 10, 590, hold(10)],
  ["a clock that was put back holds no longer than the step", "canary=10%,10m", 10, -50, hold(600)],
  ["a step that was held ends in the next one", "canary=10%,10m,50%,1m", 10, 600, shift(50)],
  ["the last step ends in the flip", "canary=10%,10m,50%,1m", 50, 60, flip],
  ["less than the first step goes to it at once", "canary=10%,10m", 3, 0, shift(10)],
  ["between two steps, the lower one's time counts", "canary=10%,10m,50%,1m", 30, 100, hold(500)],
  ["between two steps, the next greater one follows", "canary=10%,10m,50%,1m", 30, 600, shift(50)],
  ["above the last step, its time counts", "canary=10%,10m", 60, 0, hold(600)],
  ["above the last step, the flip follows", "canary=10%,10m", 60, 600, flip],
  ["all of the traffic as a weight becomes a flip", "canary=10%,10m", 100, 0, flip],
  ["linear goes on", "linear=33%/1m", 66, 60, shift(99)],
  ["linear ends in the flip", "linear=33%/1m", 99, 60, flip],
])("%s", (_, strategy, weight, heldSeconds, move) =>
  expect(nextMove(parseStrategy(strategy), { weight, heldSeconds })).toEqual(move),
);

const strategies: fc.Arbitrary<Strategy> = fc.oneof(
  fc.constant(parseStrategy("all-at-once")),
  fc
    .tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 900 }))
    .map(([percent, seconds]) => parseStrategy(`linear=${percent}%/${seconds}s`)),
  fc
    .tuple(
      fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 6, maxLength: 6 }),
    )
    .map(([weights, seconds]) => {
      const steps = weights.sort((a, b) => a - b).map((weight, index) => `${weight}%,${seconds[index]}s`);
      return parseStrategy(`canary=${steps.join(",")}`);
    }),
);

/** What happens to a release between two moves: the command dies and forgets what was held, or somebody adds weight. */
const events = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant("dies" as const), after: fc.integer({ min: 0, max: 1000 }) }),
    fc.record({ kind: fc.constant("shifted" as const), by: fc.integer({ min: 1, max: 30 }) }),
  ),
  { maxLength: 12 },
);

test("given any weight and any interruptions, then a release ends in the flip, in bounded time, and its weight only rises", () =>
  fc.assert(
    fc.property(strategies, fc.integer({ min: 0, max: 100 }), events, (strategy, start, given) => {
      const left = [...given];
      let [weight, held, total, moves] = [start, 0, 0, 0];
      for (;;) {
        expect((moves += 1)).toBeLessThan(400);
        const move = nextMove(strategy, { weight, heldSeconds: held });
        if (move.kind === "flip") break;
        if (move.kind === "shift") {
          expect(move.weight).toBeGreaterThan(weight);
          expect(move.weight).toBeLessThan(100);
          [weight, held] = [move.weight, 0];
          continue;
        }
        expect(move.seconds).toBeGreaterThan(0);
        const event = left.shift();
        const passed = event?.kind === "dies" ? Math.min(event.after, move.seconds) : move.seconds;
        total += passed;
        held = event?.kind === "dies" ? 0 : held + passed;
        if (event?.kind === "shifted") [weight, held] = [Math.min(100, weight + event.by), 0];
      }
      const planned = strategy.steps.reduce((sum, { seconds }) => sum + seconds, 0);
      const longest = Math.max(0, ...strategy.steps.map(({ seconds }) => seconds));
      expect(total).toBeLessThanOrEqual(planned + (given.length - left.length) * longest + (start > 0 ? longest : 0));
    }),
  ));

test("without an interruption a release takes just the strategy's own time", () =>
  fc.assert(
    fc.property(strategies, (strategy) => {
      let [weight, held, total] = [0, 0, 0];
      const seen: number[] = [];
      for (let move = nextMove(strategy, { weight, heldSeconds: held }); move.kind !== "flip";) {
        if (move.kind === "shift") {
          [weight, held] = [move.weight, 0];
          expect(seen.push(weight)).toBeLessThan(100);
        } else {
          held += move.seconds;
          total += move.seconds;
        }
        move = nextMove(strategy, { weight, heldSeconds: held });
      }
      expect(seen).toEqual(strategy.steps.map((step) => step.weight));
      expect(total).toBe(strategy.steps.reduce((sum, { seconds }) => sum + seconds, 0));
    }),
  ));

test.each([
  ["canary=10%,10m,20%", " is no strategy: each weight needs a time after it. Allowed: all-at-once, canary="],
  ["canary=10,10x", ' is no strategy: "10" must be a whole percentage from 1% to 99%; "10x" must be hours,'],
])("the faults of %s stand one after the other, and no other", (text, said) =>
  expect(() => parseStrategy(text)).toThrow(said),
);
