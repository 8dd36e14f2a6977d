#!/usr/bin/env node
import "../tools/preload.cjs";
// Not before the check: a Node that is too old can't load it.
await import("./main.ts");
