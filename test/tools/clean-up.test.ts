import { CleanUp } from "../../tools/clean-up.ts";

it("undoes in reverse order, once, whoever asks", async () => {
  const done: string[] = [];
  const cleanUp = new CleanUp();
  for (const name of ["cloud", "provider", "load"]) cleanUp.add(name, () => void done.push(name));
  await Promise.all([cleanUp.run(), cleanUp.run()]);
  await cleanUp.run();
  expect(done).toEqual(["load", "provider", "cloud"]);
});

it("goes on after a step that fails and reports it by name", async () => {
  const done: string[] = [];
  const cleanUp = new CleanUp();
  cleanUp.add("cloud", () => void done.push("cloud"));
  cleanUp.add("provider", () => Promise.reject(new Error("gone")));
  const errors = await cleanUp.run();
  expect(errors.map(({ message }) => message)).toEqual(["clean-up of provider failed: gone"]);
  expect(done).toEqual(["cloud"]);
});

it("undoes at once what is added when the clean-up has begun", async () => {
  const done: string[] = [];
  const cleanUp = new CleanUp();
  await cleanUp.run();
  cleanUp.add("late", () => void done.push("late"));
  await cleanUp.run();
  expect(done).toEqual(["late"]);
});
