// How wide a text will be in Inter, close enough to choose between two wordings before anything is drawn.

/** Advances of the characters from space to tilde, in hundredths of an em, at weight 500 with tabular figures. */
const ADVANCES = (
  '27 30 49 64 65 99 65 31 39 39 65 65 27 65 27 37 65 65 65 65 65 65 65 65 65 65 27 27 65 65 65 53 ' +
  '98 72 66 73 72 60 59 75 74 27 58 69 57 91 76 77 64 77 65 65 65 74 72 102 70 70 64 39 33 39 48 46 ' +
  '34 57 62 58 62 59 34 62 60 25 25 56 25 89 60 60 62 62 40 54 34 60 57 83 56 58 56 39 35 39 65'
)
  .split(' ')
  .map(Number);

/** Of a character that the table does not have. */
const OTHER = 70;

/** Pixels that `text` takes at `size`; a few per cent more for bold. */
export function textWidth(text: string, size: number, bold = false): number {
  let sum = 0;
  for (const char of text) {
    const code = char === '\u00a0' ? 32 : (char.codePointAt(0) ?? 0);
    sum += ADVANCES[code - 32] ?? OTHER;
  }
  return (sum / 100) * size * (bold ? 1.04 : 1);
}

/** The text in lines that are no wider than `room`, broken between words. */
export function wrapped(text: string, size: number, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && textWidth(longer, size) > room) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}
