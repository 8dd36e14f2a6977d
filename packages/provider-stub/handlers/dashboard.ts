import * as cloudwatch from "@aws-sdk/client-cloudwatch";
import { ifThere } from "../errors.ts";
import type { Cloud, Row } from "../row.ts";
import { fromAws, type Props, shape, toAws } from "../shape.ts";
import { faultsOf, JSON_OBJECT, matching } from "./rules.ts";

const args = shape("dashboardName dashboardBody");

const RULES = {
  dashboardName: matching(/^[0-9A-Za-z_-]{1,255}$/, "1 to 255 letters, digits, hyphens and underscores"),
  dashboardBody: JSON_OBJECT,
};

async function put(inputs: Props, cloud: Cloud): Promise<void> {
  const request = toAws<cloudwatch.PutDashboardCommandInput>(args, inputs);
  await cloud.cloudwatch.send(new cloudwatch.PutDashboardCommand(request));
}

/** Dashboards. */
export const dashboard: Row = {
  type: "aws:cloudwatch/dashboard:Dashboard",
  args,
  replace: "dashboardName",
  check: (inputs) => faultsOf(RULES, inputs),
  async create(inputs, cloud) {
    await put(inputs, cloud);
    return String(inputs.dashboardName);
  },
  async read(DashboardName, cloud) {
    const found = await ifThere(cloud.cloudwatch.send(new cloudwatch.GetDashboardCommand({ DashboardName })));
    return found && { ...fromAws(args, found), dashboardArn: found.DashboardArn };
  },
  async update({ news }, cloud) {
    await put(news, cloud);
  },
  async remove(name, _state, cloud) {
    await ifThere(cloud.cloudwatch.send(new cloudwatch.DeleteDashboardsCommand({ DashboardNames: [name] })));
  },
};
