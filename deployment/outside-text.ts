/** Characters of a text from outside that are shown and kept: enough for a version, a name or a reason's beginning. */
const defaultLimit = 100;

/**
 * Characters that steer a terminal, a log or the eye instead of being read: controls (escape sequences begin with one), formats
 * (bidirectional overrides, zero width), line and paragraph separators, private ones and lone halves. Unicode, general categories.
 */
const steering = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/**
 * A text that somebody else has written (an answer of the service, a tag, an alarm, a lock, a job's output) as one line of
 * readable characters, cut to `limit`: it can't forge a line of ours, nor outgrow a record. Blanks stand for line ends and tabs,
 * `?` for other steering characters.
 */
export function outsideText(text: string, limit: number = defaultLimit): string {
  // A surrogate pair counts twice here, so no pair is lost that would be shown.
  const readable = text
    .slice(0, 2 * (limit + 1))
    .replace(/\s+/g, " ")
    .replace(steering, "?");
  const characters = [...readable];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : readable;
}
