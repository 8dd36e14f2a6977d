import type { IncomingHttpHeaders } from "node:http";

/** The name by which the provider, one process for all commands, calls. */
export const providerName = "provider";

/**
 * Who called which operation: by the application's name that AWS's SDKs put into the user agent (`AWS_SDK_UA_APP_ID`), as
 * CloudTrail shows it. The provider's calls are those of whoever called or began last: it works for one command at a time.
 */
export class CallLog {
  private readonly callers = new Map<string, Set<string>>();
  private last = providerName;

  /** @param operation `elbv2:ModifyListener` */
  add(headers: IncomingHttpHeaders, operation: string): void {
    const name = callerOf(headers);
    if (name === undefined) return;
    if (name !== providerName) this.last = name;
    const operations = this.callers.get(this.last) ?? new Set();
    this.callers.set(this.last, operations.add(operation));
  }

  /** The provider's calls are this caller's from now on. */
  begin(caller: string): void {
    this.last = caller;
  }

  /** Operations by caller, both in alphabetical order. */
  list(): Record<string, string[]> {
    const sorted = [...this.callers].sort(([one], [other]) => one.localeCompare(other));
    return Object.fromEntries(sorted.map(([caller, operations]) => [caller, [...operations].sort()]));
  }
}

/** The application in a user agent: `app/NAME` (AWS's SDKs reference guide, "Application ID"). A browser's SDK has a header of its own. */
export function callerOf(headers: IncomingHttpHeaders): string | undefined {
  const agent = [headers["user-agent"], headers["x-amz-user-agent"]].join(" ");
  return /(?:^| )app\/([A-Za-z0-9-]+)/.exec(agent)?.[1];
}
