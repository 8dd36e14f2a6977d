/** Logs of pipelines: how a step becomes a group that folds, and how a text stays a text. */

/** A pipeline whose log has groups. */
export type Pipeline = "github" | "gitlab";

/**
 * The pipeline that this process runs in, by the variables that each of them sets to `true`
 * (docs.github.com: variables; docs.gitlab.com/ci/variables/predefined_variables); undefined: none, or one without groups.
 */
export function pipelineOf({ GITHUB_ACTIONS, GITLAB_CI }: NodeJS.ProcessEnv): Pipeline | undefined {
  if (GITHUB_ACTIONS === "true") return "github";
  return GITLAB_CI === "true" ? "gitlab" : undefined;
}

/**
 * The line that begins a group (docs.github.com: workflow commands, "Grouping log lines"; docs.gitlab.com/ci/jobs/job_logs).
 * @param id GitLab's name of the section: letters, digits, `_`, `.` and `-`
 * @param now milliseconds since 1970
 */
export function groupStart(pipeline: Pipeline, id: string, title: string, now: number): string {
  const text = plainText(title);
  // Data of a workflow command is unescaped by the runner (actions/runner, ActionCommand.cs).
  if (pipeline === "github") return `::group::${text.replaceAll("%", "%25")}`;
  return `\u001b[0Ksection_start:${seconds(now)}:${id}\r\u001b[0K${text}`;
}

/** The line that ends the group. */
export function groupEnd(pipeline: Pipeline, id: string, now: number): string {
  return pipeline === "github" ? "::endgroup::" : `\u001b[0Ksection_end:${seconds(now)}:${id}\r\u001b[0K`;
}

const seconds = (now: number): number => Math.floor(now / 1000);

/**
 * A text that no pipeline takes for a command: GitHub's runner obeys a line that begins with `::`, blanks before it or not, and
 * the older form `##[command]` anywhere in a line (actions/runner, ActionCommand.cs); GitLab's sections need a carriage return.
 */
export const plainText = (text: string): string =>
  text
    .replaceAll("\r", " ")
    .replace(/^([\s\p{C}]*):(?=:)/gmu, "$1: ")
    .replaceAll("##[", "## [");

/** The same for a line of JSON, which reads as before. */
export const plainJson = (line: string): string => line.replaceAll("##[", "##\\u005b");
