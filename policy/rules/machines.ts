import { isOn, list, object, text, type ResourceRule } from "../rule.ts";

const launchTemplate = "aws:ec2/launchTemplate:LaunchTemplate";

/** Programs that fetch or install something, and cloud-init's own lists of packages and commands. */
const installs =
  /\b(apt|apt-get|aptitude|yum|dnf|microdnf|rpm|zypper|apk|snap|pip3?|npm|npx|yarn|gem|go install|cargo|curl|wget|git clone|aws s3)\b|^\s*(packages|runcmd|bootcmd)\s*:/m;

export const machineRules: readonly ResourceRule[] = [
  {
    name: "pinned-image",
    description: "A launch template names its image by id: a name or a parameter can mean another image tomorrow.",
    faults: ({ type, props }) =>
      type === launchTemplate && !/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(String(props.imageId))
        ? [`imageId is ${JSON.stringify(props.imageId)}; allowed is an image's id, ami-...`]
        : [],
  },
  {
    name: "numbered-template-version",
    description: "A group names its launch template's version by number: $Latest mixes images in one fleet.",
    faults: ({ type, props }) => {
      if (type !== "aws:autoscaling/group:Group") return [];
      const mixed = object(object(props.mixedInstancesPolicy).launchTemplate);
      const specifications = [props.launchTemplate, mixed.launchTemplateSpecification].filter(
        (specification) => specification !== undefined,
      );
      if (specifications.length === 0) return ["the group has no launch template"];
      return specifications
        .map((specification) => object(specification).version)
        .filter((version) => !/^[1-9]\d*$/.test(String(version)))
        .map((version) => `the version is ${JSON.stringify(version)}; allowed is a number`);
    },
  },
  {
    name: "nothing-installed-at-boot",
    description: "User data installs and downloads nothing: what runs was baked into the image and proved there.",
    faults: ({ type, props }) => {
      if (type !== launchTemplate || props.userData === undefined) return [];
      const found = installs.exec(Buffer.from(text(props.userData), "base64").toString());
      return found ? [`userData runs ${JSON.stringify(found[0].trim())}; bake it into the image (packer/)`] : [];
    },
  },
  {
    name: "imdsv2-required",
    description:
      "Instance metadata answers IMDSv2 alone, one hop away: a forged request of the service gets no credentials.",
    faults: ({ type, props }) => {
      if (type !== launchTemplate) return [];
      const { httpTokens, httpPutResponseHopLimit } = object(props.metadataOptions);
      return [
        ...(httpTokens === "required"
          ? []
          : [`metadataOptions.httpTokens is ${String(httpTokens)}; allowed is required`]),
        ...(Number(httpPutResponseHopLimit) === 1
          ? []
          : [`metadataOptions.httpPutResponseHopLimit is ${String(httpPutResponseHopLimit)}; allowed is 1`]),
      ];
    },
  },
  {
    name: "no-key-pair",
    description: "Nobody logs in by SSH: Session Manager needs no key.",
    faults: ({ type, props }) => [
      ...(type === "aws:ec2/keyPair:KeyPair" ? ["a key pair is for SSH; use Session Manager"] : []),
      ...(type === launchTemplate && props.keyName !== undefined ? ["keyName is set; leave it out"] : []),
    ],
  },
  {
    name: "no-public-address",
    description: "Instances have no public address: the load balancer alone is reached from outside.",
    faults: ({ type, props }) => {
      if (type !== launchTemplate) return [];
      const interfaces = list(props.networkInterfaces);
      return interfaces.length > 0 && interfaces.every((own) => own.associatePublicIpAddress === "false")
        ? []
        : ['each of networkInterfaces needs associatePublicIpAddress: "false"; the subnet decides otherwise'];
    },
  },
  {
    name: "encrypted-volumes",
    description: "Every volume of an instance is encrypted.",
    faults: ({ type, props }) => {
      if (type !== launchTemplate) return [];
      const mappings = list(props.blockDeviceMappings);
      if (mappings.length === 0)
        return ["blockDeviceMappings is empty: the image decides; state the root volume as encrypted"];
      return mappings
        .filter(({ ebs, noDevice, virtualName }) => !noDevice && !virtualName && !isOn(object(ebs).encrypted))
        .map(({ deviceName }) => `${String(deviceName)} is not encrypted; set ebs.encrypted`);
    },
  },
];
