// Made by `make generated` from the backend's table of texts (domain/text_fields.py): change that.

export interface TextField {
  /** Unicode code points, after cleaning. */
  readonly most: number;
  readonly manyLines: boolean;
  readonly required: boolean;
}

export const TEXT_FIELDS = {
  name: { most: 80, manyLines: false, required: true },
  subject: { most: 120, manyLines: false, required: true },
  message: { most: 4000, manyLines: true, required: true },
  note: { most: 4000, manyLines: true, required: true },
  about: { most: 400, manyLines: true, required: false },
  folder: { most: 40, manyLines: false, required: false },
  title: { most: 80, manyLines: false, required: true },
  reply: { most: 2000, manyLines: true, required: true },
  hiddenWord: { most: 254, manyLines: false, required: true },
  search: { most: 100, manyLines: false, required: true },
  email: { most: 254, manyLines: false, required: true },
} as const satisfies Record<string, TextField>;

/** Ranges of characters, for classes of regular expressions with the flag `u`. */
export const SPACES = "\\u{9}\\u{20}\\u{a0}\\u{1680}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}";
export const BLANKS = "\\u{115f}-\\u{1160}\\u{17b4}-\\u{17b5}\\u{2800}\\u{3164}\\u{ffa0}\\u{1d159}";
export const REMOVED = "\\u{0}-\\u{8}\\u{e}-\\u{1f}\\u{7f}-\\u{84}\\u{86}-\\u{9f}\\u{ad}\\u{202a}-\\u{202e}\\u{2060}-\\u{206f}\\u{fdd0}-\\u{fdef}\\u{feff}\\u{fff0}-\\u{fffb}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e00ff}\\u{e01f0}-\\u{e0fff}\\u{fffe}-\\u{ffff}\\u{1fffe}-\\u{1ffff}\\u{2fffe}-\\u{2ffff}\\u{3fffe}-\\u{3ffff}\\u{4fffe}-\\u{4ffff}\\u{5fffe}-\\u{5ffff}\\u{6fffe}-\\u{6ffff}\\u{7fffe}-\\u{7ffff}\\u{8fffe}-\\u{8ffff}\\u{9fffe}-\\u{9ffff}\\u{afffe}-\\u{affff}\\u{bfffe}-\\u{bffff}\\u{cfffe}-\\u{cffff}\\u{dfffe}-\\u{dffff}\\u{efffe}-\\u{effff}\\u{ffffe}-\\u{fffff}\\u{10fffe}-\\u{10ffff}";
export const MARKS_OF_LINES = "\\u{61c}\\u{200b}\\u{200e}-\\u{200f}";
export const SELECTORS = "\\u{180b}-\\u{180f}\\u{fe00}-\\u{fe0f}\\u{e0100}-\\u{e01ef}";
export const JOINERS = "\\u{34f}\\u{200c}-\\u{200d}";
export const JOINING_SCRIPTS = "\\u{600}-\\u{10ff}\\u{1200}-\\u{1cff}\\u{a800}-\\u{abff}\\u{10a00}-\\u{11fff}";
export const UNSPACED = "\\u{e00}-\\u{eff}\\u{1000}-\\u{109f}\\u{1100}-\\u{11ff}\\u{3131}-\\u{318e}\\u{ac00}-\\u{d7fb}\\u{1780}-\\u{17ff}\\u{3005}-\\u{3007}\\u{3040}-\\u{30ff}\\u{31f0}-\\u{31ff}\\u{3400}-\\u{4dbf}\\u{4e00}-\\u{9fff}\\u{f900}-\\u{faff}\\u{ff66}-\\u{ff9d}\\u{20000}-\\u{3ffff}";
export const STAND_INS = "\\u{e000}-\\u{f8ff}\\u{fffc}-\\u{fffd}\\u{f0000}-\\u{ffffd}\\u{100000}-\\u{10fffd}";
export const TURNING = "\\u{590}-\\u{8ff}\\u{200e}-\\u{200f}\\u{202a}-\\u{202e}\\u{2066}-\\u{2069}\\u{fb1d}-\\u{fdff}\\u{fe70}-\\u{fefe}\\u{10800}-\\u{10fff}\\u{1e800}-\\u{1efff}";
export const FLAG = "\\u{1f3f4}[\\u{e0030}-\\u{e0039}\\u{e0061}-\\u{e007a}]{1,8}\\u{e007f}";
export const STACKED = 10;
