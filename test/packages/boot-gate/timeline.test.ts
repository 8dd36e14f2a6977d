import { failedUnits, timelineOf } from "../../../packages/boot-gate/timeline.ts";

const manager = "UserspaceTimestampMonotonic=2500000\n";
const unit = (id: string, micros: number): string => `Id=${id}\nActiveEnterTimestampMonotonic=${micros}\n`;
const units = [
  unit("local-fs.target", 3_100_000),
  unit("chronyd.service", 4_000_000),
  unit("chrony.service", 0),
  unit("app.service", 7_250_000),
].join("\n");
const disks = ` 259       0 nvme0n1 5000 10 204800 12345 1 2 3 4 5 6 7
 259       1 nvme0n1p1 4000 10 180000 12000 1 2 3 4 5 6 7
 259       5 nvme1n1 10 0 2048 655 1 2 3 4 5 6 7
   7       0 loop0 9 9 9999 9 9 9 9 9 9 9 9
`;

it("given what systemd and the kernel tell, then each point is in seconds since the first process", () => {
  expect(timelineOf(manager, units, disks, 12_500_000)).toEqual({
    kernel: 2.5,
    firstReads: 0.6,
    clock: 1.5,
    service: 4.75,
    gate: 10,
    readMiB: 101,
    readSeconds: 13,
  });
});

it("given a unit that has not started, and no disks, then they are left out", () => {
  expect(timelineOf(manager, unit("app.service", 0), "", 2_500_000)).toEqual({ kernel: 2.5, gate: 0 });
});

it("fails where the first process's time is not told", () => {
  expect(() => timelineOf("", units, disks, 1)).toThrow("systemd does not tell when the first process came");
});

it("names the units that systemctl lists as failed", () => {
  const printed = "vendor-setup.service loaded failed failed Vendor's set-up\n● mnt.mount loaded failed failed /mnt\n";
  expect(failedUnits(printed.replace("● ", ""))).toEqual(["vendor-setup.service", "mnt.mount"]);
  expect(failedUnits("")).toEqual([]);
});
