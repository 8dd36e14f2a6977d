import { parentPort, workerData } from "node:worker_threads";
import { cells } from "./cells.ts";
import { outcomeOf } from "./table.ts";

/** Plays the releases of one cell, beside other cells. */
const cell = cells[workerData as number];
if (cell === undefined) throw new Error(`there is no cell ${workerData as number}`);
parentPort?.postMessage(await outcomeOf(cell));
