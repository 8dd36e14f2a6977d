import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");

/** What git does not keep (.gitignore). */
const made = /(^|\/)(\.git|node_modules|dist|coverage|\.rehearsal|\.images|__pycache__)(\/|$)/;
const walk = (folder: string): string[] =>
  readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const place = path.posix.join(folder, entry.name);
    if (made.test(place)) return [];
    return entry.isDirectory() ? [place, ...walk(place)] : [place];
  });
/** Files and folders of the tree. */
const places = new Set(walk(""));
const pages = [...places].filter((place) => place.endsWith(".md"));

const withoutCode = (markdown: string): string => markdown.replaceAll(/^ *```[\s\S]*?^ *```$/gm, "");

/** The anchors that GitHub gives a page's headings. */
function anchors(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** What is wrong with the relative links of a page; the page stands at `file`. */
function brokenLinks(file: string, markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = ""]) => link)
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [target = "", anchor] = link.split("#");
      const page = target === "" ? file : path.posix.join(path.posix.dirname(file), target);
      if (!existsSync(path.join(root, page))) return true;
      return anchor !== undefined && !anchors(page === file ? markdown : read(page)).includes(anchor);
    });
}

/** Paths that a page names in backticks: a folder of the top level, then a file or folder with no placeholder in it. */
function namedPaths(markdown: string): string[] {
  return [...withoutCode(markdown).matchAll(/`([\w.-]+\/[\w./-]*)`/g)]
    .map(([, named = ""]) => named.replace(/\/$/, ""))
    .filter((named) => places.has(named.split("/")[0] ?? ""));
}

describe("the documents", () => {
  test.each(pages)("given %s, then each relative link leads to a file and a heading that are there", (page) =>
    expect(brokenLinks(page, read(page))).toEqual([]),
  );

  test.each(pages)("given %s, then each path of the tree that it names is there", (page) =>
    expect(namedPaths(read(page)).filter((named) => !places.has(named))).toEqual([]),
  );

  test("given the architecture's page, then each file that it names by its last part alone is there", () => {
    const names = [...read("docs/architecture.md").matchAll(/`([\w.-]+\.ts)`/g)].map(([, name = ""]) => name);
    const known = new Set([...places].map((place) => path.basename(place)));
    expect(names).not.toEqual([]);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  test("given the sources, then each page of docs/ that they name is there", () => {
    const named = [...places]
      .filter((file) => /\.(ts|mjs|js|hcl|sh|ya?ml)$/.test(file) && file !== "test/docs.test.ts")
      .flatMap((file) => [...read(file).matchAll(/\bdocs\/[\w-]+\.md\b/g)].map(([page]) => page));
    expect(named.filter((page) => !places.has(page))).toEqual([]);
  });

  test("given README.md, then a newcomer reads at most 150 lines", () =>
    expect(read("README.md").trimEnd().split("\n").length).toBeLessThanOrEqual(150));

  test("fails a link without its file, and one without its heading", () =>
    expect(
      brokenLinks(
        "docs/costs.md",
        "# One two\n[a](b.md) [b](#one-two) [c](#three) [d](../README.md) [e](https://x.y/z.md)",
      ),
    ).toEqual(["b.md", "#three"]));

  test("fails a path that is not there", () =>
    expect(namedPaths("`config/none.ts` `config/` `and/or`").filter((named) => !places.has(named))).toEqual([
      "config/none.ts",
    ]));
});
