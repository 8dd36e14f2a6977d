/** A release of the reference service that keeps its sessions, or the number of the store's schema, in another form. */
export interface StoredFormat {
  readonly name: string;
  readonly version: string;
  /** Whether the release before it reads what it writes, and it what that one has written. */
  readonly isCompatible: boolean;
  /** One line for people. */
  readonly description: string;
  /** What is changed in the bundle; each stands there exactly once. */
  readonly patches: readonly (readonly [search: RegExp, replacement: string])[];
  /** Schemas that it works with; default: the release's before. */
  readonly schema?: { readonly min: number; readonly max: number };
}

const stringify = /stringify:JSON\.stringify,/;
const parse = /parse:(\w+)=>readRecord\(\1,log\)/;
const login = /Object\.assign\(request\.session,\{user:name,/;
const decoded = '($1.startsWith("{")?$1:Buffer.from($1,"base64").toString())';

/** Five that a rollback, or the canary before it, would lose sessions or data by, and five that it would not. */
export const formats: readonly StoredFormat[] = [
  {
    name: "more-fields",
    version: "v5.1.0",
    isCompatible: true,
    description: "a session has one field more",
    patches: [[login, 'Object.assign(request.session,{theme:"dark",user:name,']],
  },
  {
    name: "other-blanks",
    version: "v5.1.1",
    isCompatible: true,
    description: "a session's JSON has other blanks",
    patches: [[stringify, "stringify:value=>JSON.stringify(value,null,2),"]],
  },
  {
    name: "reads-both",
    version: "v5.1.2",
    isCompatible: true,
    description: "reads the next encoding, too, and writes the old one",
    patches: [[parse, `parse:$1=>readRecord(${decoded},log)`]],
  },
  {
    name: "cookie-once",
    version: "v5.1.3",
    isCompatible: true,
    description: "does not give the cookie anew with each answer",
    patches: [[/rolling:!0/, "rolling:!1"]],
  },
  {
    name: "brings-schema-2",
    version: "v5.1.4",
    isCompatible: true,
    description: "works with schema 1 and 2 of the store, and leaves it as it is",
    schema: { min: 1, max: 2 },
    patches: [
      [/"schema":\{"min":1,"max":1\}/, '"schema":{"min":1,"max":2}'],
      [/migrations=\{\}/, "migrations={2:async()=>{}}"],
    ],
  },
  {
    name: "other-cookie",
    version: "v5.2.0",
    isCompatible: false,
    description: "the session's cookie has another name",
    patches: [[/"__Host-session":"session"/, '"__Host-sid":"sid"']],
  },
  {
    name: "other-encoding",
    version: "v5.2.1",
    isCompatible: false,
    description: "writes sessions in another encoding, and reads both",
    patches: [
      [stringify, 'stringify:value=>Buffer.from(JSON.stringify(value)).toString("base64"),'],
      [parse, `parse:$1=>readRecord(${decoded},log)`],
    ],
  },
  {
    name: "needs-a-field",
    version: "v5.2.2",
    isCompatible: false,
    description: "takes a session without its new field for none",
    patches: [
      [login, 'Object.assign(request.session,{tenant:"one",user:name,'],
      [parse, "parse:$1=>{let found=readRecord($1,log);return found?.tenant===void 0?null:found}"],
    ],
  },
  {
    name: "forgets-on-writing",
    version: "v5.2.3",
    isCompatible: false,
    description: "reads an old session, and keeps a part of it when it writes it back",
    patches: [[stringify, "stringify:value=>JSON.stringify({...value,versions:value.versions.slice(-1)}),"]],
  },
  {
    // The last one: what it leaves behind keeps the old release's next instances from starting.
    name: "other-schema-number",
    version: "v5.2.4",
    isCompatible: false,
    description: "keeps the number of the store's schema in another form",
    patches: [
      [/await store\.set\(KEY,String\(min\),\{condition:"NX"\}\)/, "await store.set(KEY,JSON.stringify({number:min}))"],
      [/Number\(await store\.get\(KEY\)\?\?NaN\)/, "JSON.parse(await store.get(KEY)??'{}').number"],
      [
        /let found=await store\.get\(KEY\),(\w+)=Number\(found\)/,
        "let found=await store.get(KEY),$1=JSON.parse(found).number",
      ],
    ],
  },
];

/**
 * The bundle of a release with another format and its own version.
 * @throws Error that names what does not stand in the bundle exactly once
 */
export function bundleOf(bundle: string, before: string, { version, patches }: StoredFormat): string {
  const own = [new RegExp(`"version":"${before.replaceAll(".", "\\.")}"`), `"version":"${version}"`] as const;
  return [own, ...patches].reduce((text, [search, replacement]) => {
    const found = text.match(new RegExp(search, "g"))?.length ?? 0;
    if (found === 1) return text.replace(search, replacement);
    throw new Error(`${search} stands ${found} times in the bundle of ${before}; it must be there once`);
  }, bundle);
}
