import { randomBytes } from "node:crypto";

/** What a request is signed with. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials alone. */
  readonly sessionToken?: string;
}

/** Credentials that this cloud gave out. */
export interface Issued {
  readonly credentials: Credentials;
  readonly issuedAt: Date;
  /** Undefined: they hold as long as the cloud runs. */
  readonly expiration?: Date;
}

/** Temporary credentials. */
export interface Temporary extends Issued {
  readonly expiration: Date;
}

/** Milliseconds that a role's credentials last: six hours, as on AWS. */
const roleLife = 6 * 3_600_000;
/** Milliseconds before their end when new ones are made: the EC2 guide promises five minutes at least. */
const renewal = 5 * 60_000;

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** An access key id as AWS writes it: its kind (AKIA: lasting, ASIA: temporary) and 16 letters of base 32. */
function accessKeyId(kind: "AKIA" | "ASIA"): string {
  return kind + [...randomBytes(16)].map((byte) => letters[byte % letters.length]).join("");
}

/** Forty characters, as AWS's are. */
const secretAccessKey = (): string => randomBytes(30).toString("base64");

/** All credentials that this cloud takes. They are random, and die with it. */
export class Keys {
  /** Of whoever started the cloud. */
  readonly own: Credentials = { accessKeyId: accessKeyId("AKIA"), secretAccessKey: secretAccessKey() };
  private readonly issued = new Map<string, Issued>();
  private readonly byRole = new Map<string, Temporary>();

  constructor() {
    this.add({ credentials: this.own, issuedAt: new Date() });
  }

  /** Undefined: this cloud gave out none of that id. */
  get(id: string): Issued | undefined {
    return this.issued.get(id);
  }

  /** Takes credentials from now on. */
  add(issued: Issued): void {
    this.issued.set(issued.credentials.accessKeyId, issued);
  }

  /**
   * The credentials of an instance's role, the same ones until they come near their end.
   * @param now milliseconds since the epoch
   */
  ofRole(instanceId: string, role: string, now = Date.now()): Temporary {
    const name = `${instanceId} ${role}`;
    const known = this.byRole.get(name);
    if (known && known.expiration.getTime() - now > renewal) return known;
    const credentials = {
      accessKeyId: accessKeyId("ASIA"),
      secretAccessKey: secretAccessKey(),
      sessionToken: randomBytes(96).toString("base64"),
    };
    const made = { credentials, issuedAt: new Date(now), expiration: new Date(now + roleLife) };
    this.byRole.set(name, made);
    this.add(made);
    return made;
  }
}
