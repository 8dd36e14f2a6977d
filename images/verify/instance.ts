import { RunInstancesCommand, TerminateInstancesCommand, type EC2Client } from "@aws-sdk/client-ec2";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { LocalAws } from "@bluegreen/local-aws";
import { profile } from "./profile.ts";

/** An instance that is looked at from inside. */
export interface Instance {
  readonly id: string;
  /** Runs a shell script in it as root; gives what it printed, whatever its exit code. */
  inside(script: string): Promise<string>;
  terminate(): Promise<void>;
}

/** What an instance of the stack is told at its start. */
const userData =
  "#!/bin/sh\nBLUEGREEN_COLOR=green\nBLUEGREEN_ENVIRONMENT=rehearsal\nBLUEGREEN_SETTINGS=/bluegreen/rehearsal\n";

/** Launches an image by itself, in no group, and waits until its systemd has started all that it starts. */
export async function launch(ec2: EC2Client, cloud: Pick<LocalAws, "state">, ImageId: string): Promise<Instance> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ImageId,
      MinCount: 1,
      MaxCount: 1,
      InstanceType: "t3.small",
      IamInstanceProfile: { Name: profile },
      UserData: Buffer.from(userData).toString("base64"),
    }),
  );
  const id = Instances[0]?.InstanceId ?? "";
  const { instances } = await cloud.state();
  const pid = instances.find((instance) => instance.id === id)?.pid;
  if (pid === undefined) throw new Error(`${id} of ${ImageId} ended as soon as it was launched`);
  const inside = async (script: string): Promise<string> => {
    const enter = ["--target", String(pid), "--all", "--", "sh", "-c", script];
    const done = promisify(execFile)("nsenter", enter, { maxBuffer: 64 * 1024 * 1024 });
    return done.then(({ stdout }) => stdout).catch(({ stdout }: { stdout?: string }) => stdout ?? "");
  };
  await inside("systemctl is-system-running --wait");
  return {
    id,
    inside,
    terminate: async () => void (await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }))),
  };
}
