import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import { type Notice, type NoticeText, noticeText } from "./notice.ts";

export interface NoticeTargets {
  readonly sns: SNSClient;
  readonly topicArn: string;
  /** URL of an incoming webhook of Slack: a secret. Default: none. */
  readonly slackWebhook?: string;
  /** Default: Node's own. */
  readonly fetch?: typeof fetch;
}

/** Milliseconds for each of the two. */
const timeout = 5_000;

/**
 * Tells people by the stack's topic and by Slack, both at once.
 * @returns what went wrong, a line each; never fails, for a release must not depend on it
 */
export async function notify(notice: Notice, targets: NoticeTargets): Promise<string[]> {
  const text = noticeText(notice);
  const faults = await Promise.all([publish(text, targets), postToSlack(text, targets)]);
  return faults.filter((fault) => fault !== undefined);
}

async function publish({ subject, body }: NoticeText, { sns, topicArn }: NoticeTargets): Promise<string | undefined> {
  const abortSignal = AbortSignal.timeout(timeout);
  try {
    const command = new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body });
    // The SDK asks its signal only while a request is under way, not between its tries.
    await Promise.race([sns.send(command, { abortSignal }), aborted(abortSignal)]);
    return undefined;
  } catch (error) {
    const why = abortSignal.aborted ? late : error instanceof Error ? `${error.name}: ${error.message}` : "unknown";
    return `The notice did not reach ${topicArn} (${why}). Check the topic and the right sns:Publish.`;
  }
}

const late = `no answer within ${timeout / 1000} s`;

async function postToSlack({ subject, body }: NoticeText, targets: NoticeTargets): Promise<string | undefined> {
  const { slackWebhook, fetch: post = fetch } = targets;
  if (slackWebhook === undefined) return undefined;
  const signal = AbortSignal.timeout(timeout);
  try {
    const response = await post(slackWebhook, {
      method: "POST",
      redirect: "error",
      signal,
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: escaped(`*${subject}*\n${body}`) }),
    });
    await response.body?.cancel();
    return response.ok ? undefined : slackFault(`it answered ${response.status}`);
  } catch (error) {
    // The messages of fetch may hold the URL, which is a secret; the codes beneath them don't.
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
    return slackFault(signal.aborted ? late : (code ?? "it could not be asked"));
  }
}

const slackFault = (why: string): string =>
  `The notice did not reach Slack (${why}). Check the setting slackWebhook; it is a secret, so it is not shown here.`;

/** Slack reads these three as its own. https://docs.slack.dev/messaging/formatting-message-text#escaping */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Rejects once the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error(late))));
}
