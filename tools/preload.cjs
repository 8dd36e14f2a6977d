"use strict";
// The first lines of everything that a person's own Node starts: `pulumi up` (Pulumi.yaml, nodeargs) and the command.
// Plain JavaScript, because a Node that is too old can't read anything else of this project.

/** The first 22 that runs TypeScript by itself (`engines` of package.json says the same). */
const MINIMUM = [22, 18];

const isProgram = /[\\/]cmd[\\/]run/.test(process.argv[1] ?? "");
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < MINIMUM[0] || (major === MINIMUM[0] && minor < MINIMUM[1])) {
  console.error(
    `Node ${process.versions.node} is too old: this project needs Node ${MINIMUM.join(".")} or later ` +
      "(24 is what it is tested with). Install it from https://nodejs.org, or begin PATH with node_modules/.bin, " +
      "where npm ci has put one.",
  );
  // Pulumi's SDK ends with 32 when it has told the user everything itself; a command's exit code for wrong use is 2.
  process.exit(isProgram ? 32 : 2);
}

// Compiled code is kept from run to run: loading the SDKs is most of a flip's time.
require("node:module").enableCompileCache();

// Pulumi's SDK writes down the stack of each of some 6,000 promises of an update. Four frames (of ten, Node's default) still
// tell where an error comes from, and take a quarter off the program's own time.
Error.stackTraceLimit = 4;

// The SDK looks up each frame in its files' source maps, a fifth of a flip's time. Node runs this TypeScript as it stands, so
// there is nothing to look up for it.
if (isProgram)
  require(require.resolve("source-map-support", { paths: [require.resolve("@pulumi/pulumi")] })).install = () => {};
