import { AccessLogs } from "../../components/access-logs.ts";
import { named, register } from "../program.ts";

const args = { accountId: "111111111111", retention: 90, tags: {} };

test.each([true, false])(
  "given retain: %p, then bucket and settings of it stay in AWS or go with the logs",
  async (retain) => {
    const resources = await register(() => void new AccessLogs("logs", { ...args, retain }));
    const own = resources.filter(({ type }) => type.startsWith("aws:s3/"));
    expect(own).toHaveLength(7);
    expect(own.map(({ options }) => options.retainOnDelete)).toEqual(own.map(() => retain));
    // With it on, AWS deletes a bucket that is not empty; without, the deletion of a bucket with logs would fail.
    expect(named(resources, "logs-bucket").inputs.forceDestroy).toBe(!retain);
  },
);
