// What a scene points at in the picture: `store:s1`, `timer:s2`, `entry:7`, `entry:s1/7`, `link:s1-s2`, `message:vote`,
// `client:c1`, `pd`, `region:r1`. The views know these words; what is not drawn at the moment is not pointed at.

import { closestWord } from '../base/closest-word.ts';
import { boundNames } from './scene-words.ts';

/** What stands behind the colon, for each kind. */
const FORMS: Readonly<Record<string, { readonly form: RegExp; readonly example: string }>> = {
  store: { form: /^s\d+$/, example: 'store:s1' },
  timer: { form: /^s\d+$/, example: 'timer:s1' },
  log: { form: /^s\d+$/, example: 'log:s1' },
  client: { form: /^c\d+$/, example: 'client:c1' },
  region: { form: /^r\d+$/, example: 'region:r1' },
  link: { form: /^[a-z]+\d*-[a-z]+\d*$/, example: 'link:s1-s2' },
  entry: { form: /^(s\d+\/)?\d+$/, example: 'entry:7, entry:s1/7' },
  message: { form: /^[a-z][a-z-]*$/, example: 'message:vote' },
};

/** Why this points at nothing; null where it may. What a bound name stands in is looked at when it is played. */
export function refProblem(ref: string, nodes: readonly string[]): string | null {
  if (ref === 'pd') return null;
  const [kind = '', rest = ''] = ref.split(/:(.*)/s);
  const known = FORMS[Object.hasOwn(FORMS, kind) ? kind : ''];
  if (known === undefined) {
    const near = closestWord(kind, Object.keys(FORMS));
    const meant = near === null ? '' : ` Did you mean \`${near}\`?`;
    return `The picture has no \`${kind.slice(0, 24)}\`. There are ${Object.keys(FORMS).join(', ')} and pd.${meant}`;
  }
  if (boundNames(ref).length > 0) return null;
  if (!known.form.test(rest)) return `This points at nothing. Write it like ${known.example}.`;
  const stranger = rest
    .split(/[-/]/)
    .find((part) => /^[sc]\d+$/.test(part) && !nodes.includes(part));
  return stranger === undefined
    ? null
    : `There is no node ${stranger} in this cluster. There are ${nodes.join(', ')}.`;
}
