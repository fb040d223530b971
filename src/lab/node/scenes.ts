// `npm run lab -- scene NAME|FILE` and `npm run lab -- scenes [--golden]`: scenes without a page.

import { readFileSync, writeFileSync } from 'node:fs';
import { SCENES } from '../../lessons/catalogue.ts';
import { clock } from '../../projections/words/format.ts';
import { goldenDifference, goldenOf, type Golden, type GoldenScene } from '../golden.ts';
import { playScene, type Played } from '../play-scene.ts';
import { canonicalJson } from '../recording-format.ts';
import type { Scene, SceneSource } from '../scene-format.ts';
import { problemWords, readScene, writeScene } from '../scene-reader.ts';
import { failureWords, type StepAnswer } from '../scene-run.ts';
import { readSceneText } from '../scene-text.ts';
import { Ended } from './ended.ts';

/** From the root of the sources, where the program is started. */
const GOLDEN_FILE = 'src/lessons/scenes/golden.json';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Plays one scene, step by step. `--json` prints its canonical text instead, `--save FILE` writes its recording. */
export async function runScene(args: readonly string[]): Promise<void> {
  const { name, json, save } = planOf(args);
  const scene = sceneNamed(name);
  if (json) return say(writeScene(scene));
  say(`${scene.title} (${scene.id}, seed ${scene.seed}, ${scene.cluster.stores} stores)\n`);
  const { steps, hash, lab } = await playScene(scene, printStep);
  if (save !== null) writeFileSync(save, `${lab.export()}\n`);
  const failed = steps.find((step) => !step.ok);
  if (failed !== undefined && !failed.ok) throw new Ended(1, failureWords(failed));
  say(`\nhash ${hash}`);
}

interface Plan {
  readonly name: string;
  readonly json: boolean;
  readonly save: string | null;
}

function planOf(args: readonly string[]): Plan {
  const rest = [...args];
  let [name, json, save]: [string | null, boolean, string | null] = [null, false, null];
  while (rest.length > 0) {
    const word = rest.shift() as string;
    if (word === '--json') json = true;
    else if (word === '--save') {
      save = rest.shift() ?? null;
      if (save === null) throw new Ended(2, '--save takes the name of a file.');
    } else if (word.startsWith('--') || name !== null)
      throw new Ended(
        2,
        `${word} is not known here. Write: scene NAME|FILE [--json] [--save FILE]`,
      );
    else name = word;
  }
  if (name === null) throw new Ended(2, `Which scene? There are ${ids()}, or a file.`);
  return { name, json, save };
}

const ids = (): string => SCENES.map(({ id }) => id).join(', ');

function sceneNamed(name: string): Scene {
  const source = SCENES.find(({ id }) => id === name);
  if (source !== undefined) return sceneOf(source);
  let text: string;
  try {
    text = readFileSync(name, 'utf8');
  } catch {
    throw new Ended(2, `There is no scene ${name} and no such file. Scenes: ${ids()}.`);
  }
  const read = readSceneText(text);
  if (!read.ok) throw new Ended(2, `${name}: ${read.reason}`);
  return read.scene;
}

function sceneOf(source: SceneSource): Scene {
  const read = readScene(source);
  if (!read.ok) throw new Ended(2, `${source.id}: ${problemWords(read.problem, source)}`);
  return read.scene;
}

function printStep(step: StepAnswer): void {
  if (!step.ok) return;
  const at = clock(step.at * 1000).padStart(9);
  for (const line of step.lines) say(`${' '.repeat(11)}> ${line}`);
  say(`${at}  ${step.id}: ${step.say}`);
}

/** Plays every scene and compares it with its golden values; `--golden` writes them anew. */
export async function checkScenes(args: readonly string[]): Promise<void> {
  const stranger = args.find((word) => word !== '--golden');
  if (stranger !== undefined)
    throw new Ended(2, `${stranger} is not known here. Write: scenes [--golden]`);
  const writes = args.includes('--golden');
  const golden = writes ? {} : readGolden();
  const found: Record<string, GoldenScene> = {};
  let wrong = 0;
  for (const source of SCENES) {
    const played = await playScene(sceneOf(source));
    found[source.id] = goldenOf(played);
    const verdict = verdictOf(played, writes ? null : golden[source.id]);
    if (verdict !== null) wrong += 1;
    say(`${source.id.padEnd(20)} ${played.hash}  ${verdict ?? `${played.steps.length} steps`}`);
  }
  if (writes && wrong === 0)
    writeFileSync(GOLDEN_FILE, `${JSON.stringify(JSON.parse(canonicalJson(found)), null, 2)}\n`);
  if (wrong > 0)
    throw new Ended(
      1,
      writes
        ? 'A scene that fails has no golden values: nothing was written.'
        : 'Where the change is meant: npm run lab -- scenes --golden',
    );
}

/** `golden` null: it is not compared. */
function verdictOf(played: Played, golden: GoldenScene | undefined | null): string | null {
  const failed = played.steps.find((step) => !step.ok);
  if (failed !== undefined && !failed.ok) return failureWords(failed);
  return golden === null ? null : goldenDifference(golden, goldenOf(played));
}

function readGolden(): Golden {
  try {
    return JSON.parse(readFileSync(GOLDEN_FILE, 'utf8')) as Golden;
  } catch {
    throw new Ended(2, `${GOLDEN_FILE} cannot be read. Start this from the folder of the sources.`);
  }
}
