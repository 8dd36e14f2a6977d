/** A subnet that every zone gets. `Unused` only keeps its addresses free. */
export interface SubnetSpec {
  readonly type: "Public" | "Private" | "Isolated" | "Unused";
  /** Middle part of the subnet's name; the type in small letters unless given. */
  readonly name?: string;
  /** Bits of the subnet's mask; the zone's addresses are divided evenly unless given. */
  readonly cidrMask?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** One subnet of the layout. */
export interface LaidOutSubnet {
  readonly name: string;
  readonly type: SubnetSpec["type"];
  readonly zone: string;
  readonly cidrBlock: string;
  readonly tags?: Readonly<Record<string, string>>;
}

interface Block {
  readonly first: number;
  readonly bits: number;
}

const sizeOf = (bits: number) => 2 ** (32 - bits);

function parse(cidr: string): Block {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr);
  const [a, b, c, d, bits] = (match?.slice(1) ?? []).map(Number);
  if (!match || [a, b, c, d].some((part) => part > 255) || bits > 32) {
    throw new Error(`cidrBlock is "${cidr}"; give an IPv4 block such as 10.0.0.0/16`);
  }
  return blockAt(((a * 256 + b) * 256 + c) * 256 + d, bits);
}

function blockAt(address: number, bits: number): Block {
  return { first: address - (address % sizeOf(bits)), bits };
}

function text({ first, bits }: Block): string {
  const parts = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${parts.join(".")}/${bits}`;
}

/** The block of the given size that follows the one in which `previous` ends. */
function next(previous: Block, bits: number): Block {
  const last = previous.first + sizeOf(previous.bits) - 1;
  return { first: blockAt(last, bits).first + sizeOf(bits), bits };
}

function newBits(count: number): number {
  return Math.ceil(Math.log2(count));
}

function defaultSpecs(zoneBits: number): SubnetSpec[] {
  if (zoneBits > 26) {
    throw new Error(
      `a zone's share of the VPC is a /${zoneBits}; automatic subnets need a /26 or larger: widen cidrBlock`,
    );
  }
  const bits = Math.max(zoneBits, 16);
  return [
    { type: "Private", cidrMask: bits + 1 },
    { type: "Public", cidrMask: bits + 2 },
  ];
}

/** Order within a zone: public subnets first, for the NAT gateways of the others stand in them. */
const ORDER = ["Public", "Private", "Isolated", "Unused"];

/**
 * awsx's "Auto" strategy (its subnetDistributorNew.ts): the VPC is divided evenly between the zones, rounded up to a
 * power of two, and each zone in the order of the specs; the default is one private and one public subnet a zone.
 */
export function layOut(
  name: string,
  cidr: string,
  zones: readonly string[],
  given?: readonly SubnetSpec[],
  zoneMask?: number,
): LaidOutSubnet[] {
  const whole = parse(cidr);
  const zoneBits = zoneMask ?? whole.bits + newBits(zones.length);
  const specs = given ?? defaultSpecs(zoneBits);
  const bitsOf = (spec: SubnetSpec) => spec.cidrMask ?? zoneBits + newBits(specs.length);
  const needed = specs.reduce((sum, spec) => sum + sizeOf(bitsOf(spec)), 0);
  if (specs.length === 0 || needed > sizeOf(zoneBits)) {
    throw new Error(
      `subnetSpecs: ${specs.length} subnet(s) of ${needed} addresses don't fit a zone's ${sizeOf(zoneBits)}`,
    );
  }
  return zones.flatMap((zone, index) => {
    const share: Block = { first: whole.first + index * sizeOf(zoneBits), bits: zoneBits };
    let block: Block | undefined;
    const subnets = specs.map((spec) => {
      block = block ? next(block, bitsOf(spec)) : blockAt(share.first, bitsOf(spec));
      const { type, tags } = spec;
      return {
        name: `${name}-${spec.name ?? type.toLowerCase()}-${index + 1}`,
        type,
        zone,
        cidrBlock: text(block),
        tags,
      };
    });
    return subnets
      .filter(({ type }) => type !== "Unused")
      .sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type));
  });
}

/** The specs as awsx answers them in `subnetLayout`: type and mask of a zone's subnets. */
export function resolvedLayout(subnets: readonly LaidOutSubnet[]): { type: string; cidrMask: number }[] {
  const inFirstZone = subnets.filter(({ zone }) => zone === subnets[0].zone);
  const addresses = (subnet: LaidOutSubnet) => parse(subnet.cidrBlock);
  const ordered = [...inFirstZone].sort((a, b) => addresses(a).first - addresses(b).first);
  return ordered.map((subnet) => ({ type: subnet.type, cidrMask: addresses(subnet).bits }));
}
