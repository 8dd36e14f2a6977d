import Table from "cli-table3";
import { colors, type Color } from "../../deployment/model.ts";
import { imageName, type Instance } from "../state/model.ts";
import { fleetStyle, type Paint } from "./paint.ts";
import type { StatusReport } from "./report.ts";
import { ageText } from "./words.ts";

const labelWidth = 11;

/** Both fleets beside each other, each instance on a line or two. @param width columns of the terminal */
export function fleetsTable(report: StatusReport, paint: Paint, width: number): string {
  const now = Date.parse(report.at);
  // Four vertical lines stand beside the three columns.
  const fleetWidth = Math.floor((width - labelWidth - 4) / 2);
  const grid = new Table({
    head: ["", ...colors.map((color) => paint("bold", paint(fleetStyle[color], color)))],
    style: { head: [], border: [] },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
    colWidths: [labelWidth, fleetWidth, fleetWidth],
    wordWrap: true,
  });
  const row = (label: string, cell: (color: Color) => string) => grid.push([label, ...colors.map(cell)]);
  const fleet = (color: Color) => report.fleets[color];
  row("role", (color) => `${fleet(color).role}${fleet(color).percent > 0 ? ` ${fleet(color).percent} %` : ""}`);
  row("image", (color) => {
    const { image } = fleet(color);
    return `${imageName(image)}${image.commit ? `, commit ${image.commit.slice(0, 7)}` : ""}`;
  });
  row("", (color) => {
    const { imageId, version, createdAt } = fleet(color).image;
    const built = createdAt && `built ${ageText(now - Date.parse(createdAt))} ago`;
    return [version && imageId, built].filter(Boolean).join("\n");
  });
  row("capacity", (color) => {
    const { capacity, desired } = fleet(color);
    return `${capacity.minSize}-${capacity.maxSize}, desired ${desired}`;
  });
  row("healthy", (color) => {
    const { healthy, registered, desired } = fleet(color);
    const text = `${healthy} of ${registered} registered`;
    return healthy < desired ? paint("red", text) : text;
  });
  if (colors.some((color) => fleet(color).suspended.length > 0))
    row("suspended", (color) => paint("red", fleet(color).suspended.join("\n")));
  row("instances", (color) => {
    const { instances, staleTargets } = fleet(color);
    const lines = instances.map((instance) => instanceText(instance, paint));
    return [...lines, ...staleTargets.map((id) => paint("red", `${id} not in its group`))].join("\n") || "none";
  });
  return grid.toString();
}

/** What is normal goes without saying: of a healthy instance in service only that it is healthy. */
function instanceText(instance: Instance, paint: Paint): string {
  const { id, lifecycle, health, reason, isProtected, inServiceAfter } = instance;
  const words = [
    ...(lifecycle === "InService" && health ? [] : [lifecycle]),
    ...(health ? [health] : lifecycle === "InService" ? ["not registered"] : []),
    ...(isProtected ? ["protected from scale-in"] : []),
    ...(inServiceAfter === undefined ? [] : [`in service ${inServiceAfter} s after its launch`]),
  ].join(", ");
  const style = health === "healthy" ? "green" : health === "unhealthy" ? "red" : "yellow";
  return `${id} ${paint(style, words)}${reason ? `: ${reason}` : ""}`;
}
