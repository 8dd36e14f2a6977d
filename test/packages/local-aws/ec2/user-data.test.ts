import { environmentOf } from "../../../../packages/local-aws/ec2/user-data.ts";

const encode = (text: string) => Buffer.from(text).toString("base64");

test.each([
  [
    "the program's lines",
    "BLUEGREEN_COLOR=green\nBLUEGREEN_SETTINGS=/bluegreen/dev\n",
    { BLUEGREEN_COLOR: "green", BLUEGREEN_SETTINGS: "/bluegreen/dev" },
  ],
  ["quotes, spaces and carriage returns", "A=\"x y\"\r\n B='z' \r\n", { A: "x y", B: "z" }],
  ["an equals sign in the value", "A=b=c", { A: "b=c" }],
  ["lines of another form", "#!/bin/bash\necho hello\n# A=1\nB=2", { B: "2" }],
])("environmentOf reads %s", (_name, text, expected) => {
  expect(environmentOf(encode(text))).toEqual(expected);
});

test("no user data is no environment", () => {
  expect(environmentOf(undefined)).toEqual({});
});
