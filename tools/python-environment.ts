import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDir, exists, made } from "./cache.ts";
import { run, withProgress } from "./run.ts";
import { atLeast, type Version, versionIn, written } from "./versions.ts";

/** The oldest Python that all packages in python/ run on. */
const MIN_PYTHON: Version = [3, 11, 0];

const CANDIDATES = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

type Progress = (message: string) => void;

/**
 * Gives the Python of a virtual environment in the cache with the exact packages of `python/<name>.txt`, each by the digests
 * of its files (`uv pip compile --no-deps --generate-hashes` writes them). It is made at the first call, and anew when a
 * package or the Python changes.
 *
 * @param message what to say while it is made
 * @returns the executable; programs of the packages stand in its folder (scripts: by `-m` alone, they name another folder)
 */
export async function pythonEnvironment(name: string, message: string, progress: Progress): Promise<string> {
  const requirements = path.join(import.meta.dirname, "python", `${name}.txt`);
  const { python, version } = await findPython();
  const hash = createHash("sha256")
    .update(await readFile(requirements))
    .digest("hex")
    .slice(0, 12);
  const folder = cacheDir(path.join(name, `${hash}-python${written(version)}`));
  const executable = path.join(folder, "bin", "python");
  if ((await exists(folder)) && !(await works(executable))) await rm(folder, { recursive: true, force: true });
  await made(folder, async (temporary) => {
    const own = path.join(temporary, "bin", "python");
    const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
    const pip = ["-m", "pip", "install", ...quiet, "--require-hashes", "--no-deps", "-r", requirements];
    await withProgress(progress, message, async () => {
      await run(python, ["-m", "venv", temporary]);
      await run(own, pip);
    });
  });
  return executable;
}

/** The first Python on PATH that is recent enough and can make virtual environments. */
export async function findPython(candidates = CANDIDATES): Promise<{ python: string; version: Version }> {
  const reasons: string[] = [];
  for (const python of candidates) {
    const version = versionIn(await run(python, ["--version"]).catch(() => ""));
    if (version === undefined) continue;
    if (!atLeast(version, MIN_PYTHON)) reasons.push(`${python} is ${written(version)}`);
    else if (await works(python, "import ensurepip, venv")) return { python, version };
    else reasons.push(`${python} ${written(version)} has no venv or ensurepip (on Debian: apt install python3-venv)`);
  }
  throw new Error(
    `No Python ${written(MIN_PYTHON)} or later that makes virtual environments was found ` +
      `(${reasons.length > 0 ? reasons.join("; ") : "PATH has none"}). ` +
      "The local cloud's AWS API and the linters run on it: install one (https://www.python.org/downloads/) and run " +
      "this again.",
  );
}

/** A virtual environment is dead when the Python that it was made with is gone. */
function works(python: string, code = "pass"): Promise<boolean> {
  return run(python, ["-c", code]).then(
    () => true,
    () => false,
  );
}
