/** Sections of docs/runbook.md that an alarm sends people to, as its headings are linked. */
export const runbookSections = {
  errors: "1-users-see-errors-and-the-last-release-is-not-old",
  unclear: "4-nobody-knows-what-is-going-on",
} as const;

/**
 * Where to read what to do now.
 * @param url where people of this stack find the page; undefined: its path in the repository
 */
export const runbookAt = (url: string | undefined, section: keyof typeof runbookSections): string =>
  `Run book: ${url ?? "docs/runbook.md"}#${runbookSections[section]}`;
