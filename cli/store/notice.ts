/** What people are told of a release, and in which words: without a call. */
import { type Color, other } from "../../deployment/model.ts";
import { imageName, type FreezeOverride, type ImageFacts } from "../state/model.ts";

export interface Notice {
  readonly kind: "cut-over" | "released" | "rolled-back" | "failed" | "waiting" | "paused" | "retired";
  readonly stack: string;
  /** The colour that is released; with "retired", the one that serves on. */
  readonly color: Color;
  /** The image on it. */
  readonly image: ImageFacts;
  readonly by: string;
  /** Why it went back, failed or waits. */
  readonly why?: string;
  /** The freeze in which it went on all the same. */
  readonly freeze?: FreezeOverride;
}

export interface NoticeText {
  /** Printable ASCII in one line, at most 99 characters: SNS takes "less than 100". */
  readonly subject: string;
  readonly body: string;
}

/** The words of a notice: what happened, with what, by whom, why, and what to do next. */
export function noticeText(notice: Notice): NoticeText {
  const { stack, color, image, by, why, freeze } = notice;
  const [what, next] = words(notice);
  const subject = `${stack}: ${titles[notice.kind]} (${imageName(image)} on ${color})`;
  const known = [image.version && `version ${image.version}`, image.commit && `commit ${image.commit}`];
  const lines = [
    what,
    "",
    `Stack: ${stack}`,
    `Image: ${[image.imageId, ...known].filter((text) => text).join(", ")}, on ${color}`,
    `By: ${by}`,
    ...(why === undefined ? [] : [`Why: ${why}`]),
    ...(freeze === undefined ? [] : [`During a freeze: ${freeze.why} (${freeze.reason}, until ${freeze.until})`]),
    `Next: ${next}`,
  ];
  return { subject: asciiLine(subject, 99), body: lines.join("\n") };
}

const titles = {
  "cut-over": "cut-over done",
  released: "released",
  "rolled-back": "rolled back",
  failed: "release failed",
  waiting: "release waits for somebody",
  paused: "release is paused",
  retired: "old fleet retired",
} as const satisfies Record<Notice["kind"], string>;

/** What happened, and what to do next. */
function words({ kind, stack, color, image }: Notice): [string, string] {
  const name = imageName(image);
  const old = other(color);
  const command = (line: string) => `bluegreen ${line} --stack ${stack}`;
  switch (kind) {
    case "cut-over":
      return [
        `${name} has all the traffic of ${stack}, on ${color}. ${old} stays ready for a rollback.`,
        `watch it: ${command("status --watch")}; back at once: ${command("rollback")}`,
      ];
    case "released":
      return [
        `${name} is released on ${stack}: ${color} serves, and its bake went well.`,
        `when the rollback target is not needed any more: ${command("retire")}; until then: ${command("rollback")}`,
      ];
    case "rolled-back":
      return [
        `${name} was taken back on ${stack}: ${old} has all the traffic again.`,
        `see how it went: ${command("history")}; then release a better image`,
      ];
    case "failed":
      return [
        `The release of ${name} on ${stack} failed. Traffic stays where it is.`,
        `see where it is: ${command("status")}; give the same command again, or go back: ${command("rollback")}`,
      ];
    case "waiting":
      return [
        `The release of ${name} on ${stack} waits for somebody. Traffic stays where it is.`,
        `see where it is: ${command("status")}; go on with the same command, or go back: ${command("rollback")}`,
      ];
    case "paused":
      return [
        `The release of ${name} on ${stack} is paused, and waits for a decision. Traffic stays where it is.`,
        `see what it is: ${command("status")}; go on: ${command("continue")}; go back: ${command("rollback")}`,
      ];
    case "retired":
      return [
        `${old} of ${stack} holds no instances any more; ${color} serves ${name}.`,
        "nothing; a rollback is a release of the old image now",
      ];
  }
}

/** The text in printable ASCII, one line, cut to so many characters; what is no such character becomes `?`. */
function asciiLine(text: string, length: number): string {
  const line = text.replace(/\s+/g, " ").replace(/[^\x20-\x7e]/gu, "?");
  return line.length > length ? `${line.slice(0, length - 3)}...` : line;
}
