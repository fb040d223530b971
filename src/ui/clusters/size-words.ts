// Sizes in bytes, in words.

/** `0 B`, `812 B`, `4.2 KB`, `13 MB`. */
export function bytesWords(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? value.toFixed(1) : String(Math.round(value));
  return `${digits}\u00a0${units[unit] ?? 'B'}`;
}
