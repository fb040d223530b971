// What the scene points at in the picture, as rules of style: the drawing is the same, some of it stands out. What a name
// means is decided here alone, and only names of the known form become part of a rule.

import { useScene } from './scene-store.ts';

const FRAME = '{ outline: 2px solid var(--ink); outline-offset: 3px; border-radius: 4px; }';
const RING = '{ stroke: var(--ink); stroke-width: 3; }';

type Rule = (parts: readonly string[]) => string;

const RULES: readonly (readonly [RegExp, Rule])[] = [
  [
    /^(?:store|client):([sc]\d+)$/,
    ([node]) =>
      `[data-node='${node}'] .card-focus ${RING} .weave-cell[data-cell^='${node} '] ${FRAME}`,
  ],
  [/^region:r(\d+)$/, ([id]) => `.weave-cell[data-cell$=' ${id}'] ${FRAME}`],
  [/^pd$/, () => `[data-node='pd1'] .card-focus ${RING}`],
  [
    /^timer:(s\d+)$/,
    ([node]) =>
      `[data-node='${node}'] [data-mark='timer'] circle:first-of-type { stroke: var(--ink); stroke-width: 2; r: 15px; }`,
  ],
  [
    /^log:(s\d+)$/,
    ([node]) =>
      `[data-log='${node}'] .log-cell:not(.log-missing) rect:first-child { stroke: var(--ink); stroke-width: 2; }`,
  ],
  [/^entry:(\d+)$/, ([index]) => `.log-cell[data-index='${index}'] rect:first-child ${RING}`],
  [
    /^entry:(s\d+)\/(\d+)$/,
    ([node, index]) =>
      `[data-log='${node}'] .log-cell[data-index='${index}'] rect:first-child ${RING}`,
  ],
  [
    /^link:([a-z]+\d*)-([a-z]+\d*)$/,
    ([a, b]) =>
      `:is([data-link='${a}-${b}'], [data-link='${b}-${a}']) .lane:not(.lane-cut) ${RING}`,
  ],
  [
    /^message:([a-z][a-z-]*)$/,
    ([kind]) =>
      `.message[data-kind='${kind}'] .message-focus { fill: none; stroke: var(--ink); stroke-width: 2; }`,
  ],
];

/** The rule of style for one thing; empty where the picture has no such thing. */
export function ruleOf(ref: string): string {
  for (const [form, rule] of RULES) {
    const parts = form.exec(ref);
    if (parts !== null) return `.stage ${rule(parts.slice(1))}`;
  }
  return '';
}

export function SceneMarks() {
  const hi = useScene((state) =>
    state.phase === 'standing' ? (state.steps.at(-1)?.hi ?? null) : null,
  );
  return hi === null ? null : <style>{`@layer fits { ${hi.map(ruleOf).join(' ')} }`}</style>;
}
