import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { cacheDir, exists, made } from "../../tools/cache.ts";
import { run, withProgress } from "../../tools/run.ts";

/** Name that the image has in the rehearsal's cloud, where Amazon's has that of an Amazon Linux release. */
export const parentName = "bluegreen-rehearsal-debian-12-x86_64";

/** Where Debian's packages come from; machines reach this host, and no other, while images are baked. */
export const packageHost = "deb.debian.org";

/** Debian's keys: of the package debian-archive-keyring, which Debian and Ubuntu have. */
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

const release = "bookworm";
const packages = "systemd systemd-sysv dbus procps iproute2 openssh-server sudo ca-certificates curl".split(" ");

/** User that an image's owner comes in as, with the key that the instance was launched with. */
const login = "admin";

const unit = (part: string, order: string): string => `[Unit]
Description=First boot: ${part} of this instance
Wants=network-online.target
After=network-online.target
${order}

[Service]
Type=oneshot
Environment=LOGIN=${login}
ExecStart=/bin/bash /usr/local/libexec/first-boot ${part}

[Install]
WantedBy=multi-user.target
`;

/** Files of the image, by path. What stands in for cloud-init says why in its own first lines. */
const files: Record<string, string> = {
  "etc/hosts": "127.0.0.1 localhost\n",
  [`etc/sudoers.d/90-${login}`]: `${login} ALL=(ALL) NOPASSWD:ALL\n`,
  // Two units, as cloud-init's: sshd needs its keys before it starts, and user data may start it. Cloud-init's wants sshd.
  "etc/systemd/system/first-boot-keys.service": unit("keys", "Wants=ssh.service\nBefore=ssh.service"),
  "etc/systemd/system/first-boot-user-data.service": unit("user-data", "After=first-boot-keys.service"),
};

/** Makes it a cloud image: somebody to log in, no identity of its own, no login on the console. */
const finish = `
useradd --create-home --shell /bin/bash ${login}
chmod 0440 /etc/sudoers.d/90-${login}
systemctl enable -q first-boot-keys.service first-boot-user-data.service
systemctl mask -q console-getty.service
rm -f /etc/hostname /etc/resolv.conf /etc/ssh/ssh_host_*
: >/etc/machine-id
`;

/** A folder with Debian 12's root file system, as a cloud offers it as an image. Made once, in the cache. */
export async function debianRoot(progress: (message: string) => void): Promise<string> {
  const firstBoot = await readFile(path.join(import.meta.dirname, "first-boot.sh"), "utf8");
  const recipe = createHash("sha256")
    .update(JSON.stringify([release, packages, files, finish, firstBoot]))
    .digest("hex");
  const folder = cacheDir(path.join("machines", `debian-12-${recipe.slice(0, 12)}`));
  const message = "making Debian 12's root file system: about a minute, 300 MB, once";
  return made(folder, (temporary) => withProgress(progress, message, () => fill(temporary, firstBoot)));
}

async function fill(root: string, firstBoot: string): Promise<void> {
  const [debootstrap, environment] = await findDebootstrap();
  const env = { ...process.env, ...environment };
  // Without Debian's keyring it fails: packages that nobody signed would run as root on every machine.
  const checked = ["--force-check-gpg", `--keyring=${keyring}`];
  await run(debootstrap, [...checked, "--variant=minbase", `--include=${packages.join()}`, release, root], { env });
  for (const [file, text] of Object.entries({ ...files, "usr/local/libexec/first-boot": firstBoot })) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  await run("chroot", [root, "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "sh", "-ec", finish]);
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
