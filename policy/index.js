// Plain JavaScript: Pulumi's runner of policy packs puts ts-node in front of every .ts file that it requires itself, and
// ts-node reads no ES modules. What is imported from here is TypeScript, run by Node.
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./pack.ts";

new PolicyPack("bluegreen", { enforcementLevel: "mandatory", policies });
