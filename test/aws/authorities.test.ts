import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { readAuthorities } from "../../aws/authorities.ts";
import { askPreview } from "../../aws/preview.ts";
import { authority, certificate, expiredAuthority, key, otherAuthority } from "./private-authority.ts";

const now = Date.UTC(2026, 0, 1);
let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), "authorities-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function written(text: string): string {
  const file = path.join(folder, "ca.pem");
  writeFileSync(file, text);
  return file;
}

describe("a file of certificates", () => {
  test.each([
    ["one certificate", authority],
    ["two, one of which is over", `# the old one\n${expiredAuthority}# the new one\n${authority}`],
  ])("given %s, then all of it is believed", (_, text) => {
    const read = readAuthorities(written(text), now);
    expect(read).toEqual({ certificates: text.replace(/#.*\n/g, "").trim() });
  });

  test("fails for a file that is not there, with its path and what to do", () =>
    expect(readAuthorities(path.join(folder, "gone.pem"), now)).toEqual({
      fault: expect.stringMatching(
        /^caFile in bluegreen\.yaml: \S+gone\.pem can't be read: ENOENT.* Correct the path, or remove caFile\.$/,
      ) as string,
    }));

  test.each([
    ["a key", key, /ca\.pem holds no certificate\. Name a file with your authority's certificate in PEM/],
    ["nothing", "", /ca\.pem holds no certificate\./],
    [
      "a certificate that is cut off",
      `${authority}${authority.slice(0, 200)}\n-----END CERTIFICATE-----\n`,
      /ca\.pem can't be read at its certificate 2\. Export it again as PEM\./,
    ],
    [
      "one that is over",
      expiredAuthority,
      /holds no certificate that is valid now: CN=Test authority is from Jan {2}1 00:00:00 2020 GMT to Jan {2}1 00:00:00 2021 GMT\./,
    ],
  ])("fails for a file with %s", (_, text, fault) =>
    expect(readAuthorities(written(text), now)).toEqual({ fault: expect.stringMatching(fault) as string }),
  );

  test("fails for one that is not valid yet", () =>
    expect(readAuthorities(written(authority), Date.UTC(2019, 0, 1))).toHaveProperty("fault"));
});

describe("asking a listener whose certificate a private authority has issued", () => {
  const server = https.createServer({ cert: certificate, key }, (_, response) => response.end("{}"));
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  afterAll(() => server.close());

  const ask = (authorities: string | undefined, domain = "app.example.com") => {
    const { port } = server.address() as AddressInfo;
    return askPreview({ protocol: "https", host: "127.0.0.1", port, domain, authorities }, "green", "/");
  };

  test("given that authority, then it answers, again and again", async () => {
    expect((await ask(authority)).status).toBe(200);
    expect((await ask(authority)).status).toBe(200);
    expect((await ask(`${otherAuthority}${authority}`)).status).toBe(200);
  });

  test("fails with another authority", () =>
    expect(ask(otherAuthority)).rejects.toThrow(
      /unable to (verify the first|get local issuer) certificate.* caFile in bluegreen\.yaml/,
    ));

  test("fails with none, and says how to name it", () =>
    expect(ask(undefined)).rejects.toThrow(/caFile in bluegreen\.yaml, or NODE_EXTRA_CA_CERTS$/));

  test("fails for another name than the certificate's", () =>
    expect(ask(authority, "shop.example.com")).rejects.toThrow(/does not match certificate's altnames/));
});
