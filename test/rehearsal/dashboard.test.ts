import { readFileSync } from "node:fs";
import path from "node:path";
import { runbookSections } from "../../components/runbook.ts";
import { dashboardPicture } from "../../rehearsal/dashboard/sample.ts";
import { minutesOf } from "../../rehearsal/dashboard/story.ts";

const docs = path.resolve(import.meta.dirname, "../../docs");

test("given the dashboard's body, then docs/dashboard.svg is its picture (npm run dashboard)", () => {
  expect(readFileSync(path.join(docs, "dashboard.svg"), "utf8") === dashboardPicture()).toBe(true);
});

test("fails for a metric that the picture's story does not tell of", () => {
  expect(() => minutesOf("NetworkIn", "Sum", "app-blue-group")).toThrow("the picture has no NetworkIn Sum");
});

test("given the sections that alarms link, then the run book has them", () => {
  const headings = [...readFileSync(path.join(docs, "runbook.md"), "utf8").matchAll(/^## (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, "")
      .replaceAll(" ", "-"),
  );
  for (const section of Object.values(runbookSections)) expect(headings).toContain(section);
});
