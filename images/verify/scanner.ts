import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { debianRoot, ImageStore } from "@bluegreen/machines";
import { cacheDir, made } from "../../tools/cache.ts";
import { run, withProgress } from "../../tools/run.ts";

const install = `
export DEBIAN_FRONTEND=noninteractive
printf '%s\\n' "$resolver" >/etc/resolv.conf
apt-get -qq update
apt-get -qq --assume-yes --no-install-recommends install openscap-scanner
`;

/** A layer over Debian 12's root file system with OpenSCAP from Debian's packages; made once, in the cache. */
export async function openscapLayer(progress: (message: string) => void): Promise<string> {
  const debian = await debianRoot(progress);
  const recipe = createHash("sha256").update(`${debian}${install}`).digest("hex").slice(0, 12);
  const message = "installing OpenSCAP over Debian 12's root file system: about 20 s, 200 MB, once";
  const folder = await made(cacheDir(path.join("machines", `openscap-${recipe}`)), (temporary) =>
    withProgress(progress, message, async () => {
      const store = new ImageStore(temporary);
      await mkdir(path.join(temporary, "debian"), { recursive: true });
      await run("ln", ["-s", debian, store.layer("debian")]);
      await writeFile(path.join(temporary, "debian", "image.json"), JSON.stringify({ id: "debian", tags: {} }));
      const resolver = await readFile("/etc/resolv.conf", "utf8");
      const script = `resolver='${resolver.replaceAll("'", "")}'\n${install}`;
      await store.derive({ id: "openscap", parent: "debian", tags: {} }, script);
      // Programs and libraries alone: the list of packages must be that of the image which is judged.
      const layer = store.layer("openscap");
      for (const entry of await readdir(layer)) {
        if (entry !== "usr") await rm(path.join(layer, entry), { recursive: true });
      }
    }),
  );
  return path.join(folder, "openscap", "layer");
}
