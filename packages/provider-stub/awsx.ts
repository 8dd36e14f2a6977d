/**
 * The rehearsal's stand-in for awsx's component provider, as a process: it prints the port it listens on, serves any
 * number of engine runs, and ends with the process that started it.
 */
import sdk from "@pulumi/awsx/package.json" with { type: "json" };
import * as pulumi from "@pulumi/pulumi";
import { endWithParent } from "../../tools/process.ts";
import { Vpc, zonesOf } from "./vpc.ts";
import { vpcArgs } from "./vpc-args.ts";

const provider: pulumi.provider.Provider = {
  version: sdk.version,
  async construct(name, type, inputs, options) {
    if (type !== "awsx:ec2:Vpc") {
      throw new Error(
        `the rehearsal's stand-in for awsx only knows awsx:ec2:Vpc, not ${type}: extend packages/provider-stub/awsx.ts`,
      );
    }
    const args = vpcArgs(inputs);
    const providers = options.providers as Record<string, pulumi.ProviderResource> | undefined;
    const vpc = new Vpc(name, args, await zonesOf(args, { provider: providers?.aws }), options);
    return { urn: vpc.urn, state: vpc.outputs() };
  },
};

endWithParent();
void pulumi.provider.main(provider, []);
