import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { FakeTools } from "../tools/fake-path.ts";

const script = path.resolve(import.meta.dirname, "../../packer/scripts/hardened/configure-pam.sh");

/** Of authselect 1.2's profile minimal, as Amazon Linux 2023 has it. */
const stack = `auth        required                                     pam_env.so
auth        required                                     pam_faillock.so preauth silent                         {include if "with-faillock"}
auth        sufficient                                   pam_unix.so {if not "without-nullok":nullok}
password    requisite                                    pam_pwquality.so
password    requisite                                    pam_pwhistory.so use_authtok                           {include if "with-pwhistory"}
password    sufficient                                   pam_unix.so yescrypt shadow {if not "without-nullok":nullok} use_authtok
password    required                                     pam_deny.so
`;

let tools: FakeTools;
beforeEach(() => {
  tools = new FakeTools();
  mkdirSync(path.join(tools.root, "custom"));
  writeFileSync(path.join(tools.root, "stack"), stack);
});
afterEach(() => tools.remove());

const custom = (...names: string[]): string => path.join(tools.root, "custom", ...names);

/** An authselect that makes a profile from another one, and keeps what it was asked. */
function run(profiles = "- minimal   \\t Local users only\\n"): string[] {
  const authselect = tools.add(
    "authselect",
    `echo "$*" >> ${tools.root}/log
case "$1" in
  list) printf -- '- nis  x\\n${profiles}' ;;
  create-profile) mkdir "$AUTHSELECT_PROFILES/$2" && for f in system-auth password-auth; do cp ${tools.root}/stack "$AUTHSELECT_PROFILES/$2/$f"; done ;;
esac`,
  );
  const PATH = `${path.dirname(authselect)}:${process.env.PATH ?? ""}`;
  execFileSync("bash", [script], { env: { PATH, AUTHSELECT_PROFILES: custom() }, stdio: "pipe" });
  return readFileSync(path.join(tools.root, "log"), "utf8").trim().split("\n");
}

it("makes a profile of its own, in which a new password is asked for, compared and hashed as the policy says", () => {
  expect(run().slice(1)).toEqual([
    "create-profile bluegreen --base-on minimal",
    "select custom/bluegreen with-faillock without-nullok --force",
  ]);
  for (const file of ["system-auth", "password-auth"]) {
    const passwords = readFileSync(custom("bluegreen", file), "utf8")
      .split("\n")
      .filter((line) => line.startsWith("password"))
      .map((line) => line.replaceAll(/\s+/g, " "));
    expect(passwords).toEqual([
      "password requisite pam_pwquality.so retry=3",
      "password requisite pam_pwhistory.so remember=24 use_authtok enforce_for_root",
      'password sufficient pam_unix.so sha512 shadow {if not "without-nullok":nullok} use_authtok',
      "password required pam_deny.so",
    ]);
  }
});

it("given a second run, then nothing stands there twice", () => {
  run();
  const once = readFileSync(custom("bluegreen", "system-auth"), "utf8");
  run();
  expect(readFileSync(custom("bluegreen", "system-auth"), "utf8")).toBe(once);
});

it("takes the name that authselect 1.5 has for the profile", () => {
  expect(run("- local  x\\n")).toContain("create-profile bluegreen --base-on local");
});

it("fails where authselect has neither", () => {
  expect(() => run("- winbind  x\\n")).toThrow("neither the profile minimal nor local");
});
