import { DescribeTagsCommand } from "@aws-sdk/client-ec2";
import { ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { dynamodb, ec2 } from "./aws.ts";
import type { Context } from "./context.ts";

/** What stands in the account, a line a thing, by the stack that it belongs to. */
export type Census = ReadonlyMap<string, readonly string[]>;

/** The stack in a name of its load balancer, target groups or tables. */
const named = /bluegreen-([a-z]+)-/;

/**
 * Counts everything in EC2 by its tag, and what has no tag by its name; of load balancers and groups also how they are set.
 */
async function census(context: Context): Promise<Census> {
  const byTag = new DescribeTagsCommand({ Filters: [{ Name: "key", Values: ["Environment"] }] });
  const [{ Tags = [] }, { TableNames = [] }, { loadBalancers, groups }] = await Promise.all([
    ec2(context).send(byTag),
    dynamodb(context).send(new ListTablesCommand({})),
    context.session.state(),
  ]);
  const things = [
    ...Tags.map(({ Value, ResourceType, ResourceId }) => ({ owner: Value, line: `${ResourceType} ${ResourceId}` })),
    ...[...TableNames, ...loadBalancers, ...groups].map((thing) => {
      const line = JSON.stringify(thing);
      return { owner: named.exec(line)?.[1], line };
    }),
  ];
  const owners = Map.groupBy(things, ({ owner }) => owner ?? "nobody");
  return new Map([...owners].map(([owner, own]) => [owner, own.map(({ line }) => line).sort()]));
}

/** What differs between two moments, apart from one stack; empty: nothing. */
export function touchedBeside(stack: string, before: Census, after: Census): string[] {
  const others = [...new Set([...before.keys(), ...after.keys()])].filter((owner) => owner !== stack);
  return others.flatMap((owner) => {
    const [had, has] = [before.get(owner) ?? [], after.get(owner) ?? []];
    const gone = had.filter((line) => !has.includes(line)).map((line) => `${owner} lost ${line}`);
    const come = has.filter((line) => !had.includes(line)).map((line) => `${owner} got ${line}`);
    return [...gone, ...come];
  });
}

/** Works on one stack, and rejects when anything of another one was touched meanwhile. */
export async function alone<T>(context: Context, stack: string, work: () => Promise<T>): Promise<T> {
  const before = await census(context);
  const result = await work();
  const touched = touchedBeside(stack, before, await census(context));
  if (touched.length > 0) throw new Error(`work on ${stack} touched others: ${touched.join("; ")}`);
  return result;
}
