/** `npm run dashboard`: writes the picture of the dashboard that the docs show. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { dashboardPicture } from "./sample.ts";

const file = path.resolve(import.meta.dirname, "../../docs/dashboard.svg");
writeFileSync(file, dashboardPicture());
console.log(`docs/dashboard.svg`);
