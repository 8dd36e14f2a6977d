import { recordedCalls } from "../../bootstrap/rights/authorization.ts";
import { actionsOfCaller, actionsOfRole, nobodys, roles, type RoleName } from "../../bootstrap/rights/roles.ts";

const marked = /(<!-- rights: made by npm run rights -->\n)[^]*(<!-- \/rights -->)/;

/** `ec2: CreateVpc, DeleteVpc; iam: GetRole`, as Markdown. */
function grouped(actions: readonly string[]): string {
  const byService = Map.groupBy(actions, (action) => action.slice(0, action.indexOf(":")));
  return [...byService].map(([service, some]) => `${service}: ${some.map(short).join(", ")}`).join("<br>");
}

const short = (action: string): string => `\`${action.slice(action.indexOf(":") + 1)}\``;

const command = (caller: string): string => `\`${caller.replace("-", " ")}\``;

/** The document's part that says who needs which rights: by role, then by command. */
export function rightsTable(): string {
  const names = Object.keys(roles) as RoleName[];
  const byRole = names.map((role) => {
    const callers = Object.keys(recordedCalls).filter((caller) => roles[role](caller));
    return `| ${role} | ${callers.map(command).join(", ")} | ${actionsOfRole(role).length} |`;
  });
  const reasons = Object.entries(nobodys).map(([caller, why]) => `${command(caller)}: ${why}.`);
  // What plain reading needs stands once, in the command that only reads.
  const byCaller = Object.entries(recordedCalls).map(
    ([caller, operations]) => `| ${command(caller)} | ${grouped(actionsOfCaller(operations))} |`,
  );
  return [
    ...["| role | it runs | rights |", "|-|-|-|", ...byRole, "", ...reasons, ""],
    ...["| command | rights |", "|-|-|", ...byCaller, ""],
  ].join("\n");
}

/** The document with another table between its marks. @throws Error where it has none */
export function withRights(document: string, table: string): string {
  if (!marked.test(document)) throw new Error("docs/rights.md has no block between <!-- rights --> marks.");
  return document.replace(marked, (_, begin: string, end: string) => `${begin}${table}${end}`);
}
