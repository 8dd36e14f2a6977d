import { type Context, type Step } from "./context.ts";
import { touchedIn } from "./readme-commands.ts";
import { fixtures } from "./release.ts";
import { shell } from "./shell.ts";

const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
// Said twice, so that it is the pack that refuses it.
const sabotage = `pulumi config set --path 'instancePolicyArns[0]' ${administrator}
pulumi config set --path 'onPurpose[0]' instancePolicyArns`;

/** Runs commands that must fail. @returns what they printed */
async function refused(context: Context, script: string): Promise<string> {
  const printed = await shell(context, script).then(
    () => undefined,
    (error: Error) => error.message,
  );
  if (printed === undefined) throw new Error(`${script} was to be refused, but it went through`);
  return printed;
}

function expectWords(printed: string, words: RegExp): void {
  if (!words.test(printed)) throw new Error(`expected ${words}, but it printed: ${printed.slice(-2000)}`);
}

/** The policy pack on the users' road: what the stack is passes, and an administrator's rights for the servers do not. */
export const policy: Step = {
  name: "policy",
  title:
    "pulumi up --policy-pack policy: the stack keeps every rule, a sabotage of it is refused before anything changes",
  from: fixtures.warm,
  async run(context) {
    await context.session.stack.writeSettings();
    const passed = await shell(context, "pulumi up --yes --policy-pack policy");
    expectWords(passed, /bluegreen@v/);
    if (/\[(mandatory|advisory)\]/.test(passed)) throw new Error(`a rule is broken: ${passed.slice(-2000)}`);
    await shell(context, sabotage);
    try {
      const printed = await refused(context, "pulumi up --yes --policy-pack policy");
      expectWords(printed, /\[mandatory\]\s+no-administrator/);
      if (touchedIn(printed).length > 0) throw new Error(`a refused update touched ${touchedIn(printed).join(", ")}`);
      const advised = await shell(
        context,
        "pulumi preview --policy-pack policy --policy-pack-config policy/config.dev.json",
      );
      expectWords(advised, /\[advisory\]\s+no-administrator/);
    } finally {
      await shell(context, "pulumi config rm instancePolicyArns\npulumi config rm onPurpose");
    }
    return { touched: [], note: "0 rules broken by the stack; AdministratorAccess for the servers refused" };
  },
};
