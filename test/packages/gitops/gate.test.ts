import type { DescribeImageScanFindingsCommandOutput, ECRClient } from "@aws-sdk/client-ecr";
import { requireSound } from "../../../packages/gitops/registry/gate.ts";

type Answer = Partial<DescribeImageScanFindingsCommandOutput> | Error;
const image = { repository: "user-service", digest: `sha256:${"a".repeat(64)}` };

/** ECR that gives these answers, one after another, and the last one again and again. */
function ecr(...answers: Answer[]) {
  const asked: unknown[] = [];
  const send = ({ input }: { input: unknown }) => {
    const answer = answers[Math.min(asked.length, answers.length - 1)];
    asked.push(input);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { client: { send } as unknown as ECRClient, asked };
}

const scan = (status: string, findings?: object): Answer =>
  ({ imageScanStatus: { status, description: "why" }, imageScanFindings: findings }) as Answer;
const notYet = Object.assign(new Error("no scan"), { name: "ScanNotFoundException" });
const waiting = { everyMs: 1, limitMs: 30 };
const verdict = (...answers: Answer[]) => requireSound(ecr(...answers).client, image, waiting);

test.each(["COMPLETE", "ACTIVE"])(
  "given a push, then it waits for the scan to be %s, and lets what is less than HIGH go",
  async (status) => {
    const findings = { findingSeverityCounts: { MEDIUM: 2, LOW: 1 } };
    const { client, asked } = ecr(notYet, scan("IN_PROGRESS"), scan(status, findings));
    await expect(requireSound(client, image, { everyMs: 1, limitMs: 60_000 })).resolves.toEqual({ MEDIUM: 2, LOW: 1 });
    expect(asked).toHaveLength(3);
    expect(asked[0]).toEqual({ repositoryName: "user-service", imageId: { imageDigest: image.digest } });
  },
);

test.each([
  [
    "CRITICAL",
    { findingSeverityCounts: { CRITICAL: 1 }, findings: [{ name: "CVE-2026-1", severity: "CRITICAL" }] },
    /1 CRITICAL: CVE-2026-1\./,
  ],
  [
    "HIGH, by Inspector",
    { findingSeverityCounts: { HIGH: 2 }, enhancedFindings: [{ title: "CVE-2026-2", severity: "HIGH" }] },
    /2 HIGH: CVE-2026-2/,
  ],
])("fails on a finding that is %s, and names it", async (_, findings, words) =>
  expect(verdict(scan("COMPLETE", findings))).rejects.toThrow(words),
);

test("fails where a name of a finding would steer the terminal: it is made harmless", async () => {
  const findings = { findingSeverityCounts: { HIGH: 1 }, findings: [{ name: "CVE\u001b[2J\nok", severity: "HIGH" }] };
  await expect(verdict(scan("COMPLETE", findings))).rejects.toThrow("HIGH: CVE?[2J?ok. Build");
});

test.each<[string, Answer, RegExp]>([
  ["the scan failed", scan("FAILED"), /no sound scan: FAILED \(why\)/],
  ["the image can't be scanned", scan("UNSUPPORTED_IMAGE"), /no sound scan: UNSUPPORTED_IMAGE/],
  ["the scan does not end", scan("IN_PROGRESS"), /still being scanned after 0\.03 s/],
  ["nothing scans", notYet, /not scanned after 0\.03 s/],
  ["ECR refuses", Object.assign(new Error("denied"), { name: "AccessDeniedException" }), /denied/],
])("fails where %s: no scan is no proof", async (_, answer, words) => expect(verdict(answer)).rejects.toThrow(words));
