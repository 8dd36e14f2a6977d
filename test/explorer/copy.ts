/** A copy of plain data, many times as fast as structuredClone, which a run would spend a tenth of its time in. */
export function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map((part: unknown) => copyOf(part)) as T;
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const key in value) copy[key] = copyOf(value[key]);
  return copy as T;
}
