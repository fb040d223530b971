// Of a command that can be written in several ways, the ways that begin as the line does.

/** `operator add transfer-leader r1` wants `operator add transfer-leader|… REGION STORE`, not all that operators can be. */
export function usageFor(usage: string, words: readonly string[]): string {
  const [verb = '', ...rest] = usage.split(' ');
  const ways = rest
    .join(' ')
    .split(' | ')
    .map((way) => (way.startsWith(`${verb} `) ? way.slice(verb.length + 1) : way));
  const fitting = ways.filter((way) => beginsAs(way.split(' '), words));
  return fitting.length === 0 || fitting.length === ways.length
    ? usage
    : fitting.map((way) => `${verb} ${way}`).join(' | ');
}

/** Small letters are words to be written as they are, with `|` between those to choose from; capitals stand for a name. */
const beginsAs = (way: readonly string[], words: readonly string[]): boolean =>
  words.every((word, i) => {
    const choice = way[i];
    return choice === undefined || /[A-Z[]/.test(choice) || choice.split('|').includes(word);
  });
