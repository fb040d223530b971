// Rows that are drawn again for other lines. Where lines come faster than anybody reads, a list would throw all its rows
// away twelve times a second and make new ones; here a row whose line has gone is taken for a line that has come. A line
// keeps its row as long as it is shown. Pure but for what it remembers.

export class Slots {
  #slots = new Map<string, number>();
  #next = 0;

  /** The row of each line, in their order. */
  of(lines: readonly string[]): number[] {
    const shown = new Set(lines);
    const free = [...this.#slots].filter(([line]) => !shown.has(line)).map(([, slot]) => slot);
    let taken = 0;
    const slots = new Map<string, number>();
    for (const line of lines)
      slots.set(line, this.#slots.get(line) ?? free[taken++] ?? this.#next++);
    this.#slots = slots;
    return lines.map((line) => slots.get(line) ?? 0);
  }
}
