import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { authority } from "../../aws/private-authority.ts";
import type { Outputs } from "../../../cli/state/stack-state.ts";
import { previewOf } from "../../../cli/rollout/preview.ts";

let folder: string;
beforeAll(() => (folder = mkdtempSync(path.join(os.tmpdir(), "preview-of-"))));
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => rmSync(path.join(folder, "bluegreen.yaml"), { force: true }));

const ownerOf = (domain?: string) => ({ settings: { domain }, stackRef: { folder } });
const outputs = (previewUrl: string) => ({ previewUrl }) as Outputs;

test("given a domain, the load balancer is asked by its own name for the domain's certificate", () => {
  const recorded = { outputs: outputs("https://shop.test:9090"), loadBalancerName: "app.elb" };
  expect(previewOf(recorded, ownerOf("shop.test"))).toEqual({
    protocol: "https",
    host: "app.elb",
    port: 9090,
    domain: "shop.test",
  });
});

test("given a state without the load balancer, its outputs tell where to ask", () => {
  expect(previewOf({ outputs: outputs("http://app.elb:80") }, ownerOf())).toMatchObject({
    protocol: "http",
    host: "app.elb",
    port: 80,
  });
});

describe("given a project file that names a private authority", () => {
  const named = () => {
    writeFileSync(path.join(folder, "ca.pem"), authority);
    writeFileSync(path.join(folder, "bluegreen.yaml"), "caFile: ca.pem\n");
  };

  test("then the preview listener is asked with its certificates", () => {
    named();
    expect(previewOf({ outputs: outputs("https://shop.test:9090") }, ownerOf("shop.test"))).toMatchObject({
      authorities: authority.trim(),
    });
  });

  test("when the listener speaks HTTP, then nobody's certificates count", () => {
    named();
    expect(previewOf({ outputs: outputs("http://app.elb:80") }, ownerOf()).authorities).toBeUndefined();
  });

  test("fails when the file is gone, before anything is asked", () => {
    named();
    rmSync(path.join(folder, "ca.pem"));
    expect(() => previewOf({ outputs: outputs("https://shop.test:9090") }, ownerOf("shop.test"))).toThrow(
      /^caFile in bluegreen\.yaml: .*ca\.pem can't be read: ENOENT/,
    );
  });
});
