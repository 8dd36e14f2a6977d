import { PassThrough } from "node:stream";
import { painter, seesColor } from "../../../cli/status/paint.ts";

test("lays a style over a text for whoever sees colours, and none over nothing", () => {
  expect(painter(true)("red", "down")).toBe("\u001b[31mdown\u001b[39m");
  expect(painter(true)("red", "")).toBe("");
  expect(painter(false)("red", "down")).toBe("down");
});

test.each([true, false])("a terminal says whether it shows colours: %s", (shows) =>
  expect(seesColor(Object.assign(new PassThrough(), { hasColors: () => shows }))).toBe(shows),
);

test("what is no terminal shows none", () => expect(seesColor(new PassThrough())).toBe(false));
