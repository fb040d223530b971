import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readScene } from '../lab/scene-reader.ts';
import { SceneRun } from '../lab/scene-run.ts';
import { must } from '../base/assert.ts';
import { serveConductor } from './conductor-service.ts';
import { PageSession } from './page-session.ts';
import type { ConductorCalls } from './protocol.ts';
import { connect, type Port } from './rpc.ts';
import { newSceneSession } from './scene-session.ts';

beforeEach(() => vi.stubGlobal('navigator', {}));
afterEach(() => vi.unstubAllGlobals());

/** A page that hears late: what the conductor says is heard only after so many further frames were asked for. */
function lateEar(port: Port, late: (heard: () => void) => void): Port {
  return {
    postMessage: (message) => port.postMessage(message),
    addEventListener: (type, listener) =>
      port.addEventListener(type, (event) => late(() => listener(event))),
    start: () => port.start?.(),
  };
}

/** A conductor's thread and the page's end of it; a frame is drawn whenever the page has nothing else to do. */
async function pageWith(framesLate: number) {
  const { port1, port2 } = new MessageChannel();
  const queue: { heard: () => void; after: number }[] = [];
  let frames = 0;
  const port = lateEar(port2, (heard) => queue.push({ heard, after: frames + framesLate }));
  serveConductor(port1, { loom: '0', build: '0', spawn: null });
  const caller = connect<ConductorCalls>(port);
  const session = new PageSession(port, caller);
  let open = true;
  const frame = () => {
    frames += 1;
    session.frame(frames * 16);
    while ((queue[0]?.after ?? Infinity) <= frames) queue.shift()?.heard();
    if (open) setTimeout(frame);
  };
  frame();
  await caller.call.open({
    memory: 'A test.',
    oneThread: true,
    link: null,
    first: { stores: 3, clients: 1, seed: 1, settings: {} },
  });
  const close = () => {
    open = false;
    port1.close();
  };
  return { scene: newSceneSession(session, caller, close), session, caller };
}

/** Of its steps one holds as soon as its command is given, one in a moment, and one only later. */
const SCENE = {
  format: 'loom/1',
  id: 'three-waits',
  title: 'Three waits',
  seed: 14,
  cluster: { stores: 3 },
  script: [
    { id: 'led', do: ['put ann 1'], until: 'op(1).ended', within: '10s', say: 'Ann is written.' },
    {
      id: 'at-once',
      do: ['put ann 2'],
      until: "messages().some(m => m.from == 'c1')",
      within: '2s',
      say: 'The request is under way.',
    },
    { id: 'later', until: 'op(2).ended', within: '5s', say: 'It is answered.' },
    { id: 'one-more', do: ['get ann'], until: 'op(3).ended', within: '5s', say: 'It is read.' },
  ],
};

async function played(framesLate: number, hurry: boolean): Promise<string> {
  const read = readScene(SCENE);
  if (!read.ok) throw new Error(read.problem.message);
  const { scene: on, session, caller } = await pageWith(framesLate);
  session.setSpeed('max');
  await on.begin(read.scene);
  const run = new SceneRun(read.scene, on.lab);
  on.pace = 'fast';
  expect(await run.begin()).toBe(null);
  on.pace = 'shown';
  while (run.done < read.scene.script.length) {
    const next = run.next();
    if (hurry) await on.hurry();
    expect(must(await next, 'an answer').ok).toBe(true);
  }
  const hash = await caller.call.hash();
  on.close();
  return hash;
}

test.each([0, 1, 3])('frames never pass the end of a step, %i frames late', async (late) => {
  const now = await played(0, true);
  expect(await played(late, false)).toBe(now);
  expect(await played(late, true)).toBe(now);
});
