import { LogGroups } from "../../components/log-groups.ts";
import { named, register } from "../program.ts";

test("one for each colour, one for the jobs and one for the systems of all, each kept as long as asked for", async () => {
  const args = { settingsPath: "/bluegreen/dev", retention: 14, tags: { Project: "p" } };
  const resources = await register(() => void new LogGroups("l", args));
  expect(resources).toHaveLength(4);
  for (const source of ["blue", "green", "jobs", "system"]) {
    expect(named(resources, `l-${source}`).inputs).toEqual({
      name: `/bluegreen/dev/${source}`,
      retentionInDays: 14,
      tags: { Project: "p" },
    });
  }
});
