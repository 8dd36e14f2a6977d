import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { findCheckov } from "../../tools/checkov.ts";

/** A rule that is broken. */
export interface Finding {
  readonly check: string;
  /** The first folder of the file's path. */
  readonly area: string;
  readonly resource: string;
  /** What the rule asks for. */
  readonly asks: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Resources that were judged, by Checkov's name of the language; it counts none in workflows. */
  readonly judged: Readonly<Record<string, number>>;
  /** Files that it could not read, and rules that a comment in a file switches off. */
  readonly unread: readonly unknown[];
}

interface Report {
  check_type: string;
  results: {
    failed_checks: { check_id: string; file_path: string; resource: string; check_name: string }[];
    skipped_checks: unknown[];
    parsing_errors: unknown[];
  };
  summary: { resource_count: number };
}

const languages = ["terraform", "dockerfile", "kubernetes", "github_actions"];

/** Asks Checkov, offline, about files by their path. */
export async function checkov(files: Readonly<Record<string, string>>): Promise<Verdict> {
  const folder = await mkdtemp(path.join(os.tmpdir(), "checkov-"));
  try {
    for (const [file, content] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    }
    const printed = JSON.parse(await run(folder)) as Report | Report[];
    const reports = [printed].flat();
    return {
      findings: reports.flatMap(({ results }) =>
        results.failed_checks.map(({ check_id, file_path, resource, check_name }) => {
          return { check: check_id, area: file_path.split("/")[1], resource, asks: check_name };
        }),
      ),
      judged: Object.fromEntries(reports.map(({ check_type, summary }) => [check_type, summary.resource_count])),
      unread: reports.flatMap(({ results }) => [...results.parsing_errors, ...results.skipped_checks]),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function run(folder: string): Promise<string> {
  const python = await findCheckov(() => undefined);
  const framework = ["--framework", ...languages];
  const args = ["-m", "checkov.main", ...framework, "--output", "json", "--compact", "--skip-download", "-d", folder];
  return new Promise((resolve, reject) => {
    // It ends with 1 for findings; elsewhere it would take the settings of a .checkov.yaml.
    execFile(python, args, { cwd: folder, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      if (/^[[{]/.test(stdout)) resolve(stdout);
      else reject(new Error(`Checkov: ${stderr || stdout || error?.message}`));
    });
  });
}
