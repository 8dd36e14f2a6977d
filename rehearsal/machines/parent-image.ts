import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDir, exists, made } from "../../tools/cache";
import { run, withProgress } from "../../tools/run";

/** Name that the image has in the rehearsal's cloud, where Amazon's has that of an Amazon Linux release. */
export const parentName = "bluegreen-rehearsal-debian-12-x86_64";

/** Where Debian's packages come from; machines reach this host, and no other, while images are baked. */
export const packageHost = "deb.debian.org";

const release = "bookworm";
const packages = "systemd systemd-sysv dbus procps iproute2 openssh-server sudo ca-certificates curl".split(" ");

/** What a cloud image has beside its packages. */
const files: Record<string, string> = {
  "etc/hosts": "127.0.0.1 localhost\n",
  "etc/cloud/cloud.cfg.d/90-machine.cfg": [
    "# The rehearsal's machines have a metadata service and a network that stands before they boot.",
    "datasource_list: [Ec2]",
    "datasource: {Ec2: {strict_id: false, metadata_urls: ['http://169.254.169.254'], timeout: 2, max_wait: 20}}",
    "network: {config: disabled}",
    "system_info: {default_user: {name: admin}}",
    "apt_preserve_sources_list: true",
    "ssh_genkeytypes: [ed25519]",
    "growpart: {mode: 'off'}",
    "resize_rootfs: false",
    "",
  ].join("\n"),
};

/**
 * A folder with Debian 12's root file system, as a cloud offers it as an image: systemd, sshd, cloud-init. Made once,
 * in the cache.
 */
export async function debianRoot(progress: (message: string) => void): Promise<string> {
  const recipe = createHash("sha256")
    .update(JSON.stringify([release, packages, files]))
    .digest("hex")
    .slice(0, 12);
  const folder = cacheDir(path.join("machines", `debian-12-${recipe}`));
  return made(folder, (temporary) =>
    withProgress(progress, "making Debian 12's root file system: about a minute, 500 MB, once", () => fill(temporary)),
  );
}

async function fill(root: string): Promise<void> {
  const [debootstrap, environment] = await findDebootstrap();
  const env = { ...process.env, ...environment };
  await run(debootstrap, ["--variant=minbase", `--include=${packages.join()}`, release, root], { env });
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  // In the file system that it is for: debootstrap can't order cloud-init's packages.
  const install = [
    "apt-get update -qq",
    "apt-get install -y -qq --no-install-recommends cloud-init",
    "apt-get clean",
    "rm -rf /var/lib/apt/lists/* /etc/ssh/ssh_host_* /etc/resolv.conf",
    ": >/etc/machine-id",
  ];
  await run("cp", ["--dereference", "/etc/resolv.conf", path.join(root, "etc/resolv.conf")]);
  await run("chroot", [root, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-ec", install.join("\n")]);
}

/** debootstrap of PATH, or from Debian's package, unpacked into the cache: the computer's own packages stay as they are. */
async function findDebootstrap(): Promise<[command: string, environment: Record<string, string>]> {
  const onPath = await run("sh", ["-c", "command -v debootstrap"]).catch(() => "");
  if (onPath !== "") return [onPath.trim(), {}];
  const folder = await made(cacheDir(path.join("machines", "debootstrap")), async (temporary) => {
    const download = () => run("apt-get", ["download", "-qq", "debootstrap"], { cwd: temporary });
    try {
      await download().catch(async () => {
        await run("apt-get", ["update", "-qq"]);
        await download();
      });
      await run("sh", ["-c", "dpkg-deb -x debootstrap_*.deb ."], { cwd: temporary });
    } catch (error) {
      throw new Error(
        "There is no debootstrap, and Debian's package can't be had: install debootstrap and run this again.",
        {
          cause: error,
        },
      );
    }
  });
  const command = path.join(folder, "usr/sbin/debootstrap");
  if (!(await exists(command)))
    throw new Error(`${folder} holds no debootstrap: remove that folder and run this again.`);
  return [command, { DEBOOTSTRAP_DIR: path.join(folder, "usr/share/debootstrap") }];
}
