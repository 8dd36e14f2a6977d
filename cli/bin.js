#!/usr/bin/env node
"use strict";
// What tools/quiet-aws-sdk.ts says, before any client is loaded.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
require("@swc-node/register");
require("./main");
