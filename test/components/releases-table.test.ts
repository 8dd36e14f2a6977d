import { ReleasesTable } from "../../components/releases-table.ts";
import { named, register } from "../program.ts";

test.each([true, false])(
  "two text keys, paid by the request, and every second of 35 days can be had back; protected: %p",
  async (deletionProtection) => {
    const args = { baseName: "bluegreen-dev", deletionProtection, tags: { Project: "p" } };
    const { inputs, options } = named(
      await register(() => void new ReleasesTable("releases", args)),
      "bluegreen-dev-releases",
    );
    expect(inputs).toEqual({
      attributes: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
      ],
      hashKey: "pk",
      rangeKey: "sk",
      billingMode: "PAY_PER_REQUEST",
      pointInTimeRecovery: { enabled: true },
      deletionProtectionEnabled: deletionProtection,
      tags: { Project: "p" },
    });
    expect(options.protect).toBe(deletionProtection);
  },
);
