/** The two fleets: whatever there is one of each for. */

export const colors = ["blue", "green"] as const;
export type Color = (typeof colors)[number];
export type ByColor<T> = Record<Color, T>;

export const other = (color: Color): Color => (color === "blue" ? "green" : "blue");

export const byColor = <T>(value: (color: Color) => T): ByColor<T> => ({ blue: value("blue"), green: value("green") });
