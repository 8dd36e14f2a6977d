import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { cacheDir, exists, made } from "./cache";
import { run, withProgress } from "./run";
import { atLeast, type Version, versionIn, written } from "./versions";

/** The oldest Python that all packages in requirements.txt run on. */
export const MIN_PYTHON: Version = [3, 11, 0];

const REQUIREMENTS = path.join(__dirname, "requirements.txt");
const CANDIDATES = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11"];

type Progress = (message: string) => void;

/**
 * Finds the Python that has moto's server, the exact packages of requirements.txt in a virtual environment of their own in
 * the cache. It is made at the first call, and anew when a package or the Python changes.
 *
 * @returns the executable: `<it> -m moto.server` starts the server
 */
export async function findMoto(progress: Progress): Promise<string> {
  const { python, version } = await findPython();
  const hash = createHash("sha256")
    .update(await readFile(REQUIREMENTS))
    .digest("hex")
    .slice(0, 12);
  const folder = cacheDir(path.join("moto", `${hash}-python${written(version)}`));
  const executable = path.join(folder, "bin", "python");
  if ((await exists(folder)) && !(await works(executable))) await rm(folder, { recursive: true, force: true });
  await made(folder, async (temporary) => {
    const own = path.join(temporary, "bin", "python");
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", REQUIREMENTS];
    await withProgress(progress, "installing moto, the AWS API: about half a minute, 320 MB, once", async () => {
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
      "The local cloud's AWS API runs on it: install one (https://www.python.org/downloads/) and run this again.",
  );
}

/** A virtual environment is dead when the Python that it was made with is gone. */
function works(python: string, code = "pass"): Promise<boolean> {
  return run(python, ["-c", code]).then(
    () => true,
    () => false,
  );
}
