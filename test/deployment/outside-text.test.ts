import fc from "fast-check";
import { outsideText } from "../../deployment/outside-text.ts";

test.each<[string, string, string]>([
  ["a version", "v1.2.3", "v1.2.3"],
  ["letters of any script", "Größe 東京 🚀", "Größe 東京 🚀"],
  ["an escape sequence", "v1\u001b[2J\u001b]0;owned\u0007", "v1?[2J?]0;owned?"],
  ["an eight-bit escape", "v1\u009b31m", "v1?31m"],
  ["a forged line", "v1.0.0\nNext:   bluegreen retire\r\n", "v1.0.0 Next: bluegreen retire "],
  ["a line separator", "a\u2028b\u2029c", "a b c"],
  ["text that runs backwards", "v1\u202e0.0", "v1?0.0"],
  ["what can't be seen", "v1\u200b.0\ufeff", "v1?.0 "],
  ["half a character", "v1\ud800", "v1?"],
])("given %s, then it is one readable line", (_, text, line) => expect(outsideText(text)).toBe(line));

test("given a text that is too long, then it is cut to the limit, and says so", () => {
  expect(outsideText("x".repeat(500_000))).toBe(`${"x".repeat(99)}…`);
  expect([...outsideText("🚀".repeat(200))]).toHaveLength(100);
  expect(outsideText("x".repeat(100))).toBe("x".repeat(100));
  expect(outsideText("abcdef", 4)).toBe("abc…");
});

test("given any text, then what comes has no steering character and is within the limit", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.integer({ min: 1, max: 120 }), (text, limit) => {
      const line = outsideText(text, limit);
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u);
      expect([...line].length).toBeLessThanOrEqual(limit);
    }),
  );
});
