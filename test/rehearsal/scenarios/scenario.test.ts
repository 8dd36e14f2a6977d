import { chosen, scenarioOf } from "../../../rehearsal/scenarios/scenario.ts";

const scenario = scenarioOf({ machines: false });
const names = (only: string[], except: string[]) => chosen(scenario, only, except).map(({ name }) => name);

test("given no name, then all steps run", () => expect(names([], [])).toEqual(scenario.map(({ name }) => name)));

test("given names, then these run in the scenario's order, and destroy after them", () =>
  expect(names(["flip", "up"], [])).toEqual(["up", "flip", "destroy"]));

test("given steps to leave out, then with the others they are the whole scenario, each once but destroy", () => {
  const some = ["command-kills", "environments"];
  const parts = [...names(some, []), ...names([], some)].filter((name) => name !== "destroy");
  expect([...parts, "destroy"].sort()).toEqual(scenario.map(({ name }) => name).sort());
});

test("given destroy to leave out, then it runs", () => expect(names(["up"], ["destroy"])).toEqual(["up", "destroy"]));

test.each([
  [["nothing"], []],
  [[], ["nothing"]],
])("given a name that no step has, in %p or %p, then it is refused with the names there are", (only, except) =>
  expect(() => names(only, except)).toThrow(/no step is called nothing; there are .*command-kills/),
);
