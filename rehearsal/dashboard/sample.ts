import { dashboardBody } from "../../components/dashboard-body.ts";
import { runbookAt } from "../../components/runbook.ts";
import { byColor, colors } from "../../deployment/model.ts";
import { picture } from "./picture.ts";

const parts = ["alarm", "errors", "p95", "p99", "unhealthy", "connections"];
const alarms = [
  ...colors.flatMap((color) => parts.map((part) => `bluegreen-prod-${color}-${part}`)),
  ...["rejected", "gateway"].map((part) => `bluegreen-prod-${part}`),
].map((alarm) => `arn:aws:cloudwatch:eu-central-1:111111111111:alarm:${alarm}`);

/** The picture of a stack's dashboard in the docs, from the very body that the program registers. */
export const dashboardPicture = (): string =>
  picture(
    dashboardBody(
      "eu-central-1",
      byColor((color) => ({
        dimensions: { LoadBalancer: "app/alb/1", TargetGroup: `targetgroup/${color}/1` },
        groupName: `app-${color}-group`,
      })),
      { alarmErrorPercent: 1, alarmP95Seconds: 1, alarmP99Seconds: 3 },
      alarms,
      runbookAt(undefined, "errors"),
    ),
  );
