import { wrapped } from "./columns.ts";
import { painter, seesColor } from "./paint.ts";
import { renderStatus } from "./render.ts";
import type { StatusReport } from "./report.ts";
import { ageText } from "./words.ts";

/** Where a status that is watched is shown. */
export interface Screen {
  show(report: StatusReport): void;
  /** The stack could not be read. @param last the last one that did not @param now milliseconds since 1970 */
  fail(message: string, last: StatusReport | undefined, now: number): void;
  /** Leaves what is shown where it is. */
  close(): void;
}

/** A terminal, as far as a screen needs it. */
export type Terminal = NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };

/** The whole status, drawn over itself. The cursor stays as it is: whoever is killed meanwhile leaves no hidden one. */
export async function liveScreen(stream: Terminal): Promise<Screen> {
  // Imported only here: it is an ES module, and costs time that a command without it need not pay.
  const { createLogUpdate } = await import("log-update");
  const draw = createLogUpdate(stream, { showCursor: true });
  const color = seesColor(stream);
  const width = () => stream.columns ?? 80;
  const view = (report: StatusReport) => renderStatus(report, { color, width: width() });
  return {
    show: (report) => draw(fitted(view(report), stream.rows)),
    fail: (message, last, now) => {
      const age = last ? `; below is what it was ${ageText(now - Date.parse(last.at))} ago` : "";
      const line = painter(color)("red", wrapped(`The stack can't be read: ${message}${age}`, width()));
      draw(fitted(last ? `${line}\n\n${view(last)}` : line, stream.rows));
    },
    close: () => draw.done(),
  };
}

/** As many lines as the terminal has: the top is what matters most, and what is drawn over can't have scrolled away. */
function fitted(text: string, rows = 24): string {
  const lines = text.split("\n");
  if (lines.length < rows) return text;
  const shown = lines.slice(0, rows - 2);
  return [...shown, `... ${lines.length - shown.length} more lines: make the terminal higher`].join("\n");
}

/** For no terminal: a line whenever something changed, with the time. */
export function lineScreen(stream: NodeJS.WritableStream): Screen {
  let last = "";
  const say = (at: string, line: string) => {
    if (line !== last) stream.write(`${at} ${line}\n`);
    last = line;
  };
  return {
    show: (report) => say(report.at, changeLine(report)),
    fail: (message, _, now) => say(new Date(now).toISOString(), `The stack can't be read: ${message}`),
    close: () => undefined,
  };
}

/** What of a status is worth a line when it changes. */
function changeLine({ headline, release, rollback, differences }: StatusReport): string {
  return [
    headline,
    release && `release: ${release.stage}`,
    rollback.ready ? "rollback ready" : `no rollback: ${rollback.reason}`,
    ...differences.map(({ text }) => text),
  ]
    .filter(Boolean)
    .join("; ");
}
