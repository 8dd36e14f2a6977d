import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface FakeImage {
  state: string;
  tags: Record<string, string>;
}

/** EC2 and Parameter Store over HTTP, as far as a bake asks them; any other call is an error. */
export class FakeAws {
  readonly images = new Map<string, FakeImage>();
  readonly parameters = new Map<string, string>();
  /** Where the default route of a subnet leads, by `region subnet`. */
  readonly defaultRoutes = new Map<string, string>();
  /** All calls that change something, as `region action …`. */
  readonly changes: string[] = [];
  /** Calls of EC2 that the caller has no right to, as `region action`. */
  readonly denied = new Set<string>();
  private readonly server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<this> {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return this;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The environment in which the SDK asks this AWS. */
  get environment(): NodeJS.ProcessEnv {
    return { AWS_ENDPOINT_URL: this.endpoint, AWS_ACCESS_KEY_ID: "key", AWS_SECRET_ACCESS_KEY: "secret" };
  }

  stop(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const region = /\/(\w+-\w+-\d)\/(ec2|ssm)\//.exec(request.headers.authorization ?? "")?.[1] ?? "?";
    const target = request.headers["x-amz-target"];
    if (target !== undefined) {
      const input = JSON.parse(body) as Record<string, string>;
      const [status, answer] = this.ssm(String(target).split(".")[1] ?? "", region, input);
      response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
    } else {
      const [status, xml] = this.ec2(region, new URLSearchParams(body));
      response.writeHead(status, { "content-type": "text/xml" }).end(xml);
    }
  }

  private ssm(action: string, region: string, input: Record<string, string>): [number, unknown] {
    const { Name = "", Value = "" } = input;
    const key = `${region} ${Name}`;
    // Nothing is revoked here.
    if (action === "GetParametersByPath") return [200, { Parameters: [] }];
    if (action === "GetParameter") {
      const value = this.parameters.get(key);
      return value === undefined
        ? [400, { __type: "ParameterNotFound" }]
        : [200, { Parameter: { Name, Value: value } }];
    }
    if (action !== "PutParameter") return [400, { __type: "InvalidAction", message: action }];
    const { Type, DataType, Overwrite } = input;
    this.changes.push(`${region} PutParameter ${Name} ${Value} ${Type} ${DataType} ${String(Overwrite)}`);
    this.parameters.set(key, Value);
    return [200, { Version: 1 }];
  }

  private ec2(region: string, input: URLSearchParams): [number, string] {
    const action = input.get("Action");
    if (this.denied.has(`${region} ${action}`)) return error("UnauthorizedOperation");
    if (action === "DescribeSubnets") {
      const id = input.get("Filter.1.Value.1") ?? "";
      if (!this.defaultRoutes.has(`${region} ${id}`)) return items(action, "subnetSet", "");
      return items(
        action,
        "subnetSet",
        `<subnetId>${id}</subnetId><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/24</cidrBlock>`,
      );
    }
    if (action === "DescribeRouteTables") {
      const tables = [...this.defaultRoutes].map(([key, target]) => {
        const route = `<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>${target}</gatewayId><state>active</state>`;
        const association = `<subnetId>${key.split(" ")[1]}</subnetId>`;
        return `<associationSet><item>${association}</item></associationSet><routeSet><item>${route}</item></routeSet>`;
      });
      return items(action, "routeTableSet", ...tables);
    }
    if (action === "DescribeVpcEndpoints") return items(action, "vpcEndpointSet", "");
    if (action === "CreateTags") {
      const tags = [...input.keys()].flatMap((name) => {
        const [, place] = /^Tag\.(\d+)\.Key$/.exec(name) ?? [];
        return place === undefined ? [] : [`${input.get(name)}=${input.get(`Tag.${place}.Value`)}`];
      });
      this.changes.push(`${region} CreateTags ${input.get("ResourceId.1")} ${tags.join(" ")}`);
      return [200, "<CreateTagsResponse><return>true</return></CreateTagsResponse>"];
    }
    const id = input.get("ImageId.1") ?? "";
    const image = this.images.get(`${region} ${id}`);
    if (action !== "DescribeImages") return error("InvalidAction");
    if (image === undefined) return error("InvalidAMIID.NotFound");
    const tags = Object.entries(image.tags).map(
      ([key, value]) => `<item><key>${key}</key><value>${value}</value></item>`,
    );
    const made = `<architecture>x86_64</architecture><creationDate>${new Date().toISOString()}</creationDate>`;
    const item = `<imageId>${id}</imageId><imageState>${image.state}</imageState>${made}<tagSet>${tags.join("")}</tagSet>`;
    return items(action, "imagesSet", item);
  }
}

/** An answer with a list; an empty item stands for none. */
function items(action: string, list: string, ...inner: string[]): [number, string] {
  const listed = inner.filter((one) => one !== "").map((one) => `<item>${one}</item>`);
  return [200, `<${action}Response><${list}>${listed.join("")}</${list}></${action}Response>`];
}

function error(code: string): [number, string] {
  return [400, `<Response><Errors><Error><Code>${code}</Code><Message>${code}</Message></Error></Errors></Response>`];
}
