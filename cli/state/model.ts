/** What the release commands know of a stack: as it really is, as its state says, and as its settings say. */
import type { ByColor, Capacity, Color } from "../../deployment/model.ts";

/** What an image says of itself by its tags; undefined where there is no such tag. */
export interface ImageFacts {
  readonly imageId: string;
  /** For example `v1.2.3`. */
  readonly version?: string;
  readonly commit?: string;
  /** ISO 8601. */
  readonly createdAt?: string;
  /** Schemas of the backing store that the release works with. */
  readonly schema?: { readonly min: number; readonly max: number };
  /** Digest of the Goss report that proved it. */
  readonly gossReport?: string;
  /** The image that it was made from or is a copy of, as EC2 itself says; undefined: EC2 has not noted it. */
  readonly source?: { readonly imageId: string; readonly region: string };
}

/** Short name of an image: its version, or its id where it has no such tag. */
export const imageName = ({ version, imageId }: ImageFacts): string => version ?? imageId;

/** One instance of a fleet. */
export interface Instance {
  readonly id: string;
  /** EC2 instance type; undefined: Auto Scaling does not tell. */
  readonly type?: string;
  /** Auto Scaling's word: InService, Pending, Pending:Wait, Terminating ... */
  readonly lifecycle: string;
  /** The load balancer's word: healthy, initial, unhealthy, draining, unused; undefined: not registered. */
  readonly health?: string;
  /** Why it isn't healthy, in the load balancer's words. */
  readonly reason?: string;
  /** Whether no scale-in takes it. */
  readonly isProtected?: boolean;
  /** Seconds from its launch to in service; undefined: not asked, or AWS tells it no more. */
  readonly inServiceAfter?: number;
}

/** A colour as it is now. */
export interface FleetFacts {
  readonly color: Color;
  readonly groupName: string;
  /** What the state says the fleet is made of. */
  readonly image: ImageFacts;
  /** Image of its launch template, which an update that failed behind it leaves changed; undefined: the state doesn't say. */
  readonly templateImage?: string;
  /** Whether its launch template has a later version than it is bound to: the next update would replace it. Default: false. */
  readonly templateAhead?: boolean;
  /** Bounds of the live group, and what it wants. */
  readonly capacity: Capacity;
  readonly desired: number;
  /** Percent of its instances that are bought as Spot. Default: 0. */
  readonly spotPercentage?: number;
  readonly instances: readonly Instance[];
  /** Targets that are not leaving, whosever they are. */
  readonly registered: number;
  /** Healthy targets that are its group's own, in service, at most as many as it wants. */
  readonly healthy: number;
  /** Registered targets that are no instances of its group. */
  readonly staleTargets: readonly string[];
  /** Processes of its group that somebody, or AWS, has suspended, each with the reason: `Launch (User suspended at ...)`. */
  readonly suspended: readonly string[];
}

/** An alarm of the stack. */
export interface AlarmFacts {
  readonly name: string;
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly reason?: string;
  /** ISO 8601. */
  readonly since?: string;
  /**
   * ISO 8601: when the first of the bad data points began that set it off, which CloudWatch tells minutes late; undefined: it
   * does not tell.
   */
  readonly badSince?: string;
  readonly composite: boolean;
}

/** Settings of a stack that a release changes. */
export interface ReleaseSettings {
  readonly activeColor: Color;
  readonly blueAmi?: string;
  readonly greenAmi?: string;
  readonly standby: "off" | "warm";
  readonly standbyWeight: number;
  readonly capacityFloor: number;
  readonly previewSize: number;
}

/** A stack at one moment. */
export interface LiveState {
  readonly stack: string;
  /** AWS region, for example `eu-central-1`. */
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The same moment by AWS's clock, in whole seconds: by it pauses end, whichever host asks. */
  readonly awsTime: number;
  /** Percent of the requests: what the listener does, and what the state says of it. */
  readonly weights: { readonly live: ByColor<number>; readonly recorded: ByColor<number> };
  /** Where the listener sends requests that is none of the stack's doing, as words that follow "it sends". */
  readonly foreign: readonly string[];
  readonly fleets: ByColor<FleetFacts>;
  /** What is wrong with a colour's image where it is revoked, as words behind its name; undefined: that was not asked. */
  readonly revoked?: ByColor<string | undefined>;
  readonly alarms: ByColor<readonly AlarmFacts[]>;
  readonly loadBalancerAlarms: readonly AlarmFacts[];
  /** Release settings as the state, so the last update that succeeded, has them; and as the settings' file has them. */
  readonly settings: { readonly deployed: ReleaseSettings; readonly file: ReleaseSettings };
  /** URNs of what an operation that was killed was doing. */
  readonly pending: readonly string[];
  /** Auto Scaling groups with the stack's tags that its state doesn't know: made by a call whose answer was lost. */
  readonly unknownGroups: readonly string[];
  /** Groups of the fleets whose bounds are not those of the state: a call had its effect, and its answer was lost. */
  readonly changedGroups: readonly string[];
  /** Scaling policies of the stack's groups, by the program's own names, that its state doesn't know. */
  readonly unknownPolicies: readonly string[];
  /** The lock, when somebody holds it, the newest release's record, and some before it, newest first. */
  readonly lock?: Lock;
  readonly record?: ReleaseRecord;
  readonly earlier: readonly ReleaseRecord[];
}

/** What holds a lock: a rollback gives way to nothing but another rollback. */
export type LockKind = "change" | "rollback";

/** Who releases now. */
export interface Lock {
  /** Drawn at random for each holder. */
  readonly token: string;
  readonly kind: LockKind;
  readonly holder: Holder;
  /** What it does, for people: `release v1.2.3`. */
  readonly doing: string;
  /** ISO 8601. */
  readonly since: string;
  /** Milliseconds since 1970, by AWS's clock, until which it counts unless it is renewed. */
  readonly expires: number;
  /** The CLI that the holder runs now. */
  readonly engine?: Engine;
  /** Engines that were left behind, and may have left the state locked. */
  readonly abandoned: readonly Abandoned[];
  /** Grows with each change of `engine` and `abandoned`. */
  readonly version: number;
  /** It was given back, and is kept for `abandoned` alone: whoever comes may take it. */
  readonly released?: true;
}

/** A process, told from every other one of its machine. */
export interface ProcessId {
  readonly host: string;
  readonly pid: number;
  /** Boot, PID namespace and start time of the process, where its system has /proc. */
  readonly birth?: string;
}

export interface Holder extends ProcessId {
  /** `user@host`, or the pipeline's own name for who began it. */
  readonly by: string;
}

/** A process of Pulumi's CLI, which locks the state of the stack in its own name. */
export interface Engine extends ProcessId {
  /** ISO 8601, by the clock of its own host. */
  readonly startedAt: string;
}

/** An engine whose holder lost the lock, or ended, before it was seen that the engine had left the state. */
export interface Abandoned {
  readonly holder: Holder;
  readonly engine: Engine;
  /** Milliseconds since 1970, by AWS's clock: when its holder was last heard of. */
  readonly heard: number;
  /** It ended while its holder lived to see it, so nothing of theirs was cut off; default: false. */
  readonly ended?: boolean;
}

/** Stages of a release, in their order; `rollback` and `retire` may follow. */
export const stages = ["stage", "check", "cutover", "bake", "rollback", "retire"] as const;
export type Stage = (typeof stages)[number];

export type Outcome = "running" | "released" | "rolled-back" | "superseded";

/** Behind what a release waits for people: a stage, or the watch of a canary's share. */
export type PausePoint = "stage" | "check" | "cutover" | `${number}%`;

/** What a release is to lead to, as it was asked for: whoever goes on with it needs nothing else. */
export interface ReleaseRequest {
  /** For example `canary=10%,10m`. */
  readonly strategy: string;
  readonly bakeSeconds: number;
  readonly previewSize: number;
  readonly retireAfterSeconds?: number;
  readonly until: Until;
}

/** How far a command goes: each is the whole release, cut off after a stage. */
export type Until = "staged" | "served" | "ended";

/** A release that waits for people, or has. */
export interface PauseRecord {
  readonly after: PausePoint;
  /** ISO 8601, by AWS's clock: since when it waits, and until when somebody may decide. */
  readonly since: string;
  readonly until: string;
  /** What happens when nobody has. */
  readonly then: "rollback" | "continue";
  readonly request: ReleaseRequest;
  /** Undefined: it waits. */
  readonly ended?: PauseEnd;
}

/** How a pause ended: somebody went on or went back, or its time was over. */
export interface PauseEnd {
  readonly how: "continued" | "rolled back" | "timed out";
  /** ISO 8601, by AWS's clock. */
  readonly at: string;
  readonly by: string;
  readonly why?: string;
}

/** A freeze in which a release went on all the same. */
export interface FreezeOverride {
  readonly at: string;
  readonly by: string;
  /** Why it went on. */
  readonly why: string;
  /** Of the freeze, and its end (ISO 8601). */
  readonly reason: string;
  readonly until: string;
}

/** What is kept of a release. */
export interface ReleaseRecord {
  /** Begins with the time of its start: the table's sort key. */
  readonly id: string;
  readonly stack: string;
  /** The colour that gets the image, and what it replaces. */
  readonly color: Color;
  readonly image: ImageFacts;
  readonly from: { readonly color: Color; readonly image: ImageFacts };
  readonly by: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly stage: Stage;
  readonly outcome: Outcome;
  /** Why it ended as it did, or why it goes back. */
  readonly why?: string;
  /** ISO 8601: since when the new colour has all the traffic. */
  readonly servesSince?: string;
  readonly weights: readonly { readonly at: string; readonly blue: number; readonly green: number }[];
  readonly checks: readonly CheckResult[];
  /** In the order in which they came; undefined: none has, or the record is older than pauses. */
  readonly pauses?: readonly PauseRecord[];
  /** Freezes that it went through; undefined: none. */
  readonly duringFreeze?: readonly FreezeOverride[];
  /** What it was judged by; undefined: nothing yet, or a record of before. */
  readonly verdict?: VerdictRecord;
}

/** What a release was judged by last, over the whole of it. */
export interface VerdictRecord {
  readonly at: string;
  readonly kind: "go" | "wait" | "back";
  readonly why?: string;
  /** It was told, and changed nothing. */
  readonly observed: boolean;
  readonly evidence: readonly EvidenceFacts[];
}

/** The evidence of one source that a release is worse than the old colour. */
export interface EvidenceFacts {
  /** requests, counters, probes, latency, bake or check. */
  readonly source: string;
  /** How much better "it is worse" fits than "it is no worse", and from which value on that counts. */
  readonly evidence: number;
  readonly threshold: number;
  /** Requests of both colours, and how many of them failed or were slow. */
  readonly release: { readonly sent: number; readonly failed: number };
  readonly baseline: { readonly sent: number; readonly failed: number };
}

/** How one check of a release went. */
export interface CheckResult {
  readonly at: string;
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}
