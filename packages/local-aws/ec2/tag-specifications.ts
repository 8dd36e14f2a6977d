/** Takes the tags for snapshots out of a call's body, and gives both: those tags, and the body without them. */
export function splitTags(body: string): { snapshot: Record<string, string>; others: string } {
  const all = new URLSearchParams(body);
  const marks = [...all].filter(
    ([name, value]) => /^TagSpecification\.\d+\.ResourceType$/.test(name) && value === "snapshot",
  );
  const prefixes = marks.map(([name]) => name.replace(/ResourceType$/, ""));
  const isTaken = (name: string): boolean => prefixes.some((prefix) => name.startsWith(prefix));
  const keys = [...all].filter(([name]) => isTaken(name) && name.endsWith(".Key"));
  const snapshot = keys.map(([name, key]) => [key, all.get(name.replace(/Key$/, "Value")) ?? ""]);
  const others = new URLSearchParams([...all].filter(([name]) => !isTaken(name)));
  return { snapshot: Object.fromEntries(snapshot) as Record<string, string>, others: others.toString() };
}
