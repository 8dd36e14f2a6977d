import type { Figure } from "./figure.ts";
import { wentWell, type Release } from "./releases.ts";

/** Seconds of a day. */
const day = 24 * 3600;

/** What teams that release often say of themselves, and what the releases here came to. */
export function comparison(releases: readonly Release[], rollbackSeconds: number): Figure[] {
  const good = releases.filter(({ expected }) => expected === "released");
  const bad = releases.filter(({ expected }) => expected !== "released");
  const sum = (pick: (release: Release) => number) => releases.reduce((total, release) => total + pick(release), 0);
  const longest = Math.max(...good.map(({ seconds }) => seconds));
  const [seconds, failed, requests] = [sum((r) => r.seconds), sum((r) => r.failed), sum((r) => r.requests)];
  const price = sum((release) => release.price);
  const caught = bad.filter(wentWell).length;
  return [
    {
      name: "deploy within 5 minutes: seconds of the longest release that ended well",
      value: longest.toFixed(1),
      limit: "300",
      ok: longest <= 300,
    },
    {
      name: "rollback within 5 minutes, by one click: seconds after one command",
      value: rollbackSeconds.toFixed(1),
      limit: "300",
      ok: rollbackSeconds <= 300,
    },
    {
      name: `no downtime: requests failed of ${requests} in all releases${price > 0 ? `, beside ${price} *` : ""}`,
      value: `${failed}`,
      limit: "0",
      ok: failed === 0,
    },
    {
      name: `bad images of ${bad.length} that the release itself caught, and took back`,
      value: `${caught}`,
      limit: `${bad.length}`,
      ok: caught === bad.length,
    },
    {
      name: `10 deploys a day: seconds of ${releases.length} releases, ${good.length} of them good ones`,
      value: seconds.toFixed(0),
      limit: `${day}`,
      ok: seconds <= day,
    },
  ];
}
