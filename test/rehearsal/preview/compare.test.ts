import { compare } from "../../../rehearsal/preview/compare.ts";
import type { Outcome } from "../../../rehearsal/preview/engine.ts";

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  ok: true,
  steps: [],
  errors: [],
  warnings: [],
  infos: [],
  outputs: { rollbackReady: { ready: true } },
  ...more,
});
const listener = "update urn:pulumi:dev::bluegreen::aws:lb/listener:Listener::app-listener";
const greenGroup = "create urn:pulumi:dev::bluegreen::aws:autoscaling/group:Group::app-green-group";
const lacking = "  - green has 1 healthy targets and needs 2";
const foreseen = `[gate-closed] The health gate would let no listener change to green 100 %, because now:\n${lacking}\nThis is a preview`;
const refused = `before hook failed: [gate-closed] The health gate keeps the listener as it is, but:\n${lacking}`;
const waits =
  "[fleet-not-ready green] The green fleet is not ready now: 1 of 2 healthy. The update will wait for it, for 600 s at most.";
const notReady = "[fleet-not-ready green] The green fleet (app-green-group-1) is not ready: not after 600 s";
const guard = (color: string) =>
  `hook failed: The launch template of ${color}, which has traffic, would change, but:\n` +
  `  - a changed template replaces the whole fleet. Let the change reach ${color} while it is the standby.`;

describe("agree", () => {
  test.each<[string, Partial<Outcome>, Partial<Outcome>, string]>([
    ["both go through with the same list", { steps: [listener] }, { steps: [listener] }, "accepted by both"],
    [
      "both refused for one reason",
      { ok: false, errors: ["refused, but:\n  - appPort can't change"] },
      { ok: false, errors: ["refused, but:\n  - appPort can't change"] },
      "refused by both",
    ],
    [
      "both templates are guarded at once, and either may be first",
      { ok: false, errors: [guard("blue")] },
      { ok: false, errors: [guard("green")] },
      "refused by both",
    ],
    [
      "the gate's own words were foreseen",
      { steps: [listener], warnings: [foreseen] },
      { ok: false, steps: [listener], errors: [refused] },
      "the health gate refuses, as foreseen",
    ],
    [
      "the override lets pass what was foreseen",
      { warnings: [foreseen] },
      { warnings: [`overrides this, but:\n${lacking}`] },
      "the health gate overridden, as foreseen",
    ],
    [
      "a fleet that is waited for in vain was told of",
      { warnings: [waits] },
      { ok: false, errors: [notReady] },
      "a fleet is not ready, as foreseen",
    ],
    [
      "a fleet that the update makes does not get ready",
      { steps: [greenGroup] },
      { ok: false, steps: [greenGroup], errors: [notReady] },
      "accepted; a fleet that came new did not get ready",
    ],
    [
      "the gate refuses a fleet that the update made",
      { steps: [greenGroup, listener] },
      { ok: false, steps: [greenGroup, listener], errors: [refused] },
      "the health gate refuses what came new",
    ],
    [
      "the rollback is known after the update alone",
      { outputs: { rollbackReady: { ready: false, reason: "known after the update, which changes green" } } },
      {},
      "accepted by both",
    ],
  ])("%s", (_, preview, update, verdict) => {
    expect(compare(outcome(preview), outcome(update))).toEqual({ verdict });
  });
});

describe("disagree", () => {
  const failed = { ok: false, errors: [refused] };
  test.each<[string, Partial<Outcome>, Partial<Outcome>, string]>([
    ["a resource was not listed", {}, { steps: [listener] }, "what the preview did not list"],
    ["a listed resource was left alone", { steps: [listener] }, {}, "did not do what the preview lists"],
    ["listed once, done twice", { steps: [listener] }, { steps: [listener, listener] }, "did not list"],
    ["only the preview is refused", { ok: false, errors: ["no"] }, {}, "only the preview is refused"],
    [
      "only the update is refused",
      {},
      { ok: false, errors: ["AWS is out of order"] },
      "the preview is accepted, the update is refused: AWS is out of order",
    ],
    [
      "refused for another reason",
      { ok: false, errors: ["but:\n  - one"] },
      { ok: false, errors: ["but:\n  - another"] },
      "refused for different reasons",
    ],
    ["the gate refuses unforeseen", {}, failed, "not said:  - green has 1"],
    [
      "the gate foresaw more than it refuses",
      { warnings: [`${foreseen}\n`.replace(lacking, `${lacking}\n  - more`)] },
      failed,
      "said in vain:  - more",
    ],
    ["the gate lets pass what was foreseen", { warnings: [foreseen] }, {}, "the health gate let pass"],
    [
      "an old fleet is not ready unforeseen",
      {},
      { ok: false, errors: [notReady] },
      "did not say that green is not ready",
    ],
    ["a fleet was to be waited for, and was not", { warnings: [waits] }, {}, "green was to be waited for, and was not"],
    [
      "the rollback came otherwise",
      {},
      { outputs: { rollbackReady: { ready: false, reason: "green has 1" } } },
      'rollbackReady: {"ready":true} in the preview',
    ],
    ["the preview hides the rollback", { outputs: {} }, {}, "says nothing of rollbackReady"],
  ])("%s", (_, preview, update, words) => {
    expect(compare(outcome(preview), outcome(update))).toEqual({
      disagreement: expect.stringContaining(words) as string,
    });
  });
});
