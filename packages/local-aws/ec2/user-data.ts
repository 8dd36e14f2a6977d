/**
 * Reads an instance's user data: base64 of `NAME=value` lines, as the images of this project expect it. Lines of any
 * other form are left alone, as an image that doesn't know them would.
 */
export function environmentOf(userData: string | undefined): Record<string, string> {
  const text = Buffer.from(userData ?? "", "base64").toString("utf8");
  const environment: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^\s*([A-Za-z_]\w*)=(.*?)\s*$/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) {
      environment[match[1]] = match[2].replace(/^(["'])(.*)\1$/, "$2");
    }
  }
  return environment;
}
