import { bypassesProxy } from "../../aws/no-proxy.ts";

// The cases of golang.org/x/net/http/httpproxy's own documentation, and what AWS's users write.
test.each<[string, string, boolean]>([
  ["ec2.eu-central-1.amazonaws.com", "", false],
  ["ec2.eu-central-1.amazonaws.com", "*", true],
  ["ec2.eu-central-1.amazonaws.com", "amazonaws.com", true],
  ["ec2.eu-central-1.amazonaws.com", ".amazonaws.com", true],
  ["ec2.eu-central-1.amazonaws.com", "*.amazonaws.com", true],
  ["ec2.eu-central-1.amazonaws.com", "example.com, EC2.eu-central-1.amazonaws.com ", true],
  ["ec2.eu-central-1.amazonaws.com", "aws.com", false],
  ["amazonaws.com", "amazonaws.com", true],
  ["amazonaws.com", ".amazonaws.com", false],
  ["amazonaws.com", "*.amazonaws.com", false],
  ["elb.example.com", "example.com:8443", false],
  ["elb.example.com", "example.com:443", true],
  ["169.254.169.254", "169.254.169.254", true],
  ["169.254.169.254", "169.254.0.0/16", true],
  ["169.254.169.254", "10.0.0.0/8", false],
  ["10.1.2.3", "10.1.2.3:80", false],
  ["10.1.2.3", "10.0.0.0/33", false],
  ["fd00::1", "fd00::/8", true],
  ["fd00::1", "[fd00::1]:443", true],
  ["fd00::1", "fd00::2", false],
  ["fd00::1", "fd00::1", true],
  ["fd00::1", "fd00:0:0::1", true],
  ["fd00::1", "fd00::/129", false],
  ["fd00::1", "f[d00::1]", false],
  ["fd00::12", "[fd00::1]2", false],
  ["10.1.2.3", "10.0.0.0/8x", false],
  ["10.1.2.3", "ten/8", false],
  ["ten.example.com", "10.0.0.0/8", false],
  ["elb.example.com", "example.com:443x", false],
  ["a.b.example.com", "b*.example.com", false],
  // The name of the root's own domain ends with a dot: an empty entry is none.
  ["ec2.example.com.", "", false],
  ["ec2.example.com.", "a, ,b", false],
  ["localhost", "", true],
  ["127.0.0.1", "", true],
  ["127.3.2.1", "", true],
  ["::1", "", true],
])("%s with NO_PROXY=%s goes past the proxy: %s", (hostname, noProxy, expected) => {
  expect(bypassesProxy({ hostname, port: 443 }, noProxy)).toBe(expected);
});
