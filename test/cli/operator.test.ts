import { stateHolders } from "../../cli/operator.ts";

// As the CLI prints them: a file backend (or a bucket), and Pulumi Cloud.
test.each([
  [
    "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///home/ann/state/.pulumi/locks/organization/bluegreen/dev/ec3a.json: created by ann@desk (pid 478) at 2026-05-16T20:31:35Z",
    [{ host: "desk", pid: 478, at: "2026-05-16T20:31:35Z" }],
  ],
  [
    "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  s3://state?region=eu-central-1&awssdk=v2/.pulumi/locks/organization/x/dev/1.json: created by root@ip-10-0-42-235.us-west-2.compute.internal (pid 1) at 2026-05-16T20:31:35Z",
    [{ host: "ip-10-0-42-235.us-west-2.compute.internal", pid: 1, at: "2026-05-16T20:31:35Z" }],
  ],
  [
    "the stack is currently locked by 2 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n" +
      "  file:///s/.pulumi/locks/organization/x/dev/1.json?no_tmp_dir=true: created by ann@desk (pid 478) at 2026-05-16T20:31:35Z\n" +
      "  file:///s/.pulumi/locks/organization/x/dev/2.json?no_tmp_dir=true: created by CORP\\Bob Q@pc (pid 9) at 2026-05-16T22:31:36+02:00",
    [
      { host: "desk", pid: 478, at: "2026-05-16T20:31:35Z" },
      { host: "pc", pid: 9, at: "2026-05-16T22:31:36+02:00" },
    ],
  ],
  [
    "[409] Conflict: Another update is currently in progress.\nTo learn more about possible reasons and resolution, visit https://www.pulumi.com/docs/troubleshooting/#conflict",
    [],
  ],
])("%s is another's hold", (error, holder) => expect(stateHolders(error)).toEqual(holder));

test.each([
  "",
  "The green fleet (app-green-group) is not ready: 2 launches failed",
  "creating Auto Scaling group: ResourceContention: you already have a pending update, created by ann@desk (pid 1)",
])("%j is another error", (error) => expect(stateHolders(error)).toBeUndefined());
